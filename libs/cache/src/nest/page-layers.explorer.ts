import { ImproperlyConfiguredError, toSeconds } from '@nest-quintet/core';
import { MiddlewareModule } from '@nest-quintet/middleware';
import { Inject, Injectable, type OnModuleInit, type Type } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, ModuleRef } from '@nestjs/core';
import { compileLayers } from '../pages/compile-layers.js';
import { PageCache } from '../pages/page-cache.js';
import type { TaggedRequest } from '../pages/page-options.js';
import { DependencySource } from '../tags/dependency-source.js';
import { CacheRegistry } from './cache-registry.js';
import { MODULE_OPTIONS_TOKEN, type CacheModuleOptions } from './cache.module-definition.js';
import { PageLayers } from './page-layers.js';
import { writesItself } from './writes-itself.js';
import { layersOf, type PageDeclaration } from './response-layer.decorator.js';

/** Finds decorated handlers at start-up, and says at once what is wrong with them. */
@Injectable()
export class PageLayersExplorer implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly registry: CacheRegistry,
    private readonly layers: PageLayers,
    private readonly modules: ModuleRef,
    @Inject(MODULE_OPTIONS_TOKEN) private readonly options: CacheModuleOptions,
  ) {}

  onModuleInit(): void {
    for (const { metatype } of this.discovery.getControllers()) {
      if (typeof metatype === 'function') this.#explore(metatype as Type);
    }
  }

  #explore(controller: Type): void {
    const prototype = controller.prototype as Record<string, object>;
    for (const name of this.scanner.getAllMethodNames(prototype)) {
      const handler = prototype[name]!;
      const declared = [...layersOf(controller), ...layersOf(handler)];
      if (declared.length === 0) continue;
      const who = `${controller.name}.${name}`;
      this.#needMiddleware(who);
      const layers = declared.map((layer) => (typeof layer === 'function' ? layer : this.#page(layer, who)));
      this.layers.set(controller, handler, {
        ...compileLayers(layers),
        writesItself: writesItself(controller, name),
      });
    }
  }

  #page({ timeout, options }: PageDeclaration, handler: string): PageCache {
    const who = `@CachePage() on ${handler}`;
    const defaults = this.options.pages ?? {};
    const { invalidateOn, tags } = options;
    const changing = Array.isArray(invalidateOn) ? this.#source(who).tagsOf(invalidateOn, who) : [];
    if (invalidateOn === 'auto') this.#source(who);
    const own =
      typeof tags === 'function' ? (tags as (request: object) => readonly string[]) : () => tags ?? [];
    return new PageCache({
      cache: this.registry.get(options.cache ?? defaults.cache, who),
      timeout: timeout === undefined || timeout === null ? undefined : toSeconds(timeout, who),
      defaultTimeout: toSeconds(defaults.timeout ?? 600, 'pages.timeout'),
      keyPrefix: options.keyPrefix ?? defaults.keyPrefix ?? '',
      vary: options.vary ?? [],
      query: options.query,
      shareAuthorized: options.shareAuthorized ?? false,
      header: defaults.header === false ? undefined : (defaults.header ?? 'X-Cache'),
      tags:
        tags || changing.length > 0
          ? (request) => [...changing, ...own(request as TaggedRequest)]
          : undefined,
      isTracked: invalidateOn === 'auto',
    });
  }

  #source(who: string): DependencySource {
    const source = find(this.modules, DependencySource as unknown as Type<DependencySource>);
    if (source) return source;
    throw new ImproperlyConfiguredError(
      `${who}: invalidateOn needs to know of changes. Import CacheInvalidationModule.forRoot() from @nest-quintet/cache/invalidation.`,
    );
  }

  #needMiddleware(handler: string): void {
    if (find(this.modules, MiddlewareModule)) return;
    throw new ImproperlyConfiguredError(
      `${handler}: its response cannot be reached. Import MiddlewareModule.forRoot() from @nest-quintet/middleware.`,
    );
  }
}

function find<T>(modules: ModuleRef, type: Type<T>): T | undefined {
  try {
    return modules.get(type, { strict: false });
  } catch {
    return undefined;
  }
}
