import { Inject, Injectable, Logger, type Type } from '@nestjs/common';
import { ModuleRef, ModulesContainer } from '@nestjs/core';
import { choices, ImproperlyConfiguredError } from '@nest-quintet/core';
import { MODULE_OPTIONS_TOKEN, type MiddlewareModuleOptions } from '../middleware.module-definition.js';
import type { Layer } from '../pipeline/layer.js';
import { type Middleware, MiddlewareNotUsed } from '../pipeline/middleware.js';
import {
  type FeaturePosition,
  type MiddlewareEntry,
  type MiddlewareUse,
  toUse,
} from '../pipeline/middleware-entry.js';
import { routeFilter } from '../pipeline/route-patterns.js';
import { OptionsSlot } from './options-slot.js';

/** What a module adds to the list. */
export interface MiddlewareFeature {
  entries: readonly MiddlewareEntry[];
  position: FeaturePosition;
}

export const MIDDLEWARE_FEATURE = Symbol('middleware feature');

/** An entry, and the injector of the module that lists it: the middleware can have what that module can have. */
interface Place {
  entry: MiddlewareUse;
  injector: ModuleRef;
}

/** The hooks of Nest's that a middleware may have. */
type Lifecycle = Record<
  'onModuleInit' | 'onModuleDestroy' | 'onApplicationShutdown',
  (signal?: string) => unknown
>;

/** Puts the list together from the root and the features, and makes the middleware. */
@Injectable()
export class MiddlewareRegistry {
  readonly #logger = new Logger('Middleware');
  readonly #made: Partial<Lifecycle>[] = [];
  #places: readonly Place[] | undefined;

  constructor(
    @Inject(MODULE_OPTIONS_TOKEN) private readonly options: MiddlewareModuleOptions,
    private readonly modules: ModulesContainer,
    private readonly slot: OptionsSlot,
  ) {}

  /** Says whether some class of the list has one of these methods. */
  hasHook(...names: (keyof Middleware)[]): boolean {
    return this.#list().some(({ entry }) => names.some((name) => entry.use.prototype[name] !== undefined));
  }

  /** Makes the middleware, outermost first, and leaves out those that do not want to be used. */
  async build(): Promise<Layer[]> {
    this.#refuseASecondRoot();
    const layers: Layer[] = [];
    const used: Type<Middleware>[] = [];
    // Innermost first, as in Django: whoever wraps something finds it made.
    for (const { entry, injector } of this.#list().toReversed()) {
      const middleware = await this.#make(entry, injector);
      if (middleware === undefined) continue;
      const { use, include, exclude } = entry;
      refuseLateHooks(use, middleware);
      layers.unshift({ name: use.name, middleware, appliesTo: routeFilter(use.name, include, exclude) });
      used.unshift(use);
    }
    for (const { middleware } of layers) middleware.checkOrder?.(used);
    return layers;
  }

  /** Calls a hook of those that have it: Nest does not know them, as they are not providers. */
  async callHook(name: 'onModuleDestroy' | 'onApplicationShutdown', signal?: string): Promise<void> {
    await Promise.all(this.#made.map((middleware) => middleware[name]?.(signal)));
  }

  #refuseASecondRoot(): void {
    const roots = [...this.modules.values()].filter((module) => module.providers.has(MiddlewareRegistry));
    if (roots.length > 1) {
      throw new ImproperlyConfiguredError(
        'MiddlewareModule.forRoot() is imported more than once: there is one list. Let the other modules add to it with MiddlewareModule.forFeature().',
      );
    }
  }

  async #make({ use, options }: MiddlewareUse, injector: ModuleRef): Promise<Middleware | undefined> {
    try {
      const middleware: Middleware & Partial<Lifecycle> = await this.slot.fill(options, () =>
        injector.create(use),
      );
      await middleware.onModuleInit?.();
      this.#made.push(middleware);
      return middleware;
    } catch (error) {
      if (!(error instanceof MiddlewareNotUsed)) throw error;
      this.#logger.debug(`${use.name} is not used${error.message === '' ? '.' : `: ${error.message}`}`);
      return undefined;
    }
  }

  #list(): readonly Place[] {
    if (this.#places !== undefined) return this.#places;
    const places: Place[] = [];
    const features: { feature: MiddlewareFeature; injector: ModuleRef }[] = [];
    for (const module of this.modules.values()) {
      const feature = module.providers.get(MIDDLEWARE_FEATURE)?.instance as MiddlewareFeature | undefined;
      if (feature !== undefined) features.push({ feature, injector: this.#injectorAround(module) });
      if (module.providers.get(MiddlewareRegistry)?.instance !== this) continue;
      const injector = this.#injectorAround(module);
      places.push(...(this.options.middleware ?? []).map((entry) => ({ entry: toUse(entry), injector })));
    }
    for (const { feature, injector } of features) {
      const added = feature.entries.map((entry) => ({ entry: toUse(entry), injector }));
      places.splice(indexOf(feature.position, places), 0, ...added);
    }
    return (this.#places = places);
  }

  /** Finds the injector of the module that imports ours. */
  #injectorAround(imported: object): ModuleRef {
    for (const module of this.modules.values()) {
      if (![...module.imports].some((other) => other === imported)) continue;
      const injector = module.providers.get(ModuleRef)?.instance as ModuleRef | undefined;
      if (injector !== undefined) return injector;
    }
    throw new ImproperlyConfiguredError(
      'MiddlewareModule is imported by no module: add it to the imports of the root module.',
    );
  }
}

function indexOf({ before, after, outermost }: FeaturePosition, places: readonly Place[]): number {
  if (outermost === true) return 0;
  const named = before ?? after;
  if (named === undefined) return places.length;
  const index = places.findIndex(({ entry }) => entry.use === named);
  if (index < 0) {
    throw new ImproperlyConfiguredError(
      `MiddlewareModule.forFeature() names ${named.name}, which is not in the list. ${choices(places.map(({ entry }) => entry.use.name))}`,
    );
  }
  return before === undefined ? index + 1 : index;
}

const HOOKS = ['processView', 'processTemplateResponse'] as const;

/** Routes are prepared before the middleware are made, so that the class itself has to show what it wants. */
function refuseLateHooks({ name, prototype }: Type<Middleware>, middleware: Middleware): void {
  const late = HOOKS.find((hook) => middleware[hook] !== undefined && prototype[hook] === undefined);
  if (late !== undefined)
    throw new ImproperlyConfiguredError(
      `${name} has ${late} as a field: declare it as a method of the class.`,
    );
}
