import { Injectable, UseFilters, UseGuards } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { RouteErrorFilter } from './route-error.filter.js';
import { ViewGuard } from './view.guard.js';

const viewGuard = new ViewGuard();
// Controllers belong to the process, so that an application may find them prepared by another one. Both hooks are
// stateless and do nothing for a request that is in no pipeline.
const guarded = new WeakSet<object>();
const filtered = new WeakSet<object>();

/** Puts the route hooks on every route of the application, as `@UseFilters()` and `@UseGuards()` by hand would. */
@Injectable()
export class RouteHooksExplorer {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** @param hasViewHooks Says whether some middleware is to run between the guards and the handler. */
  explore(hasViewHooks: boolean): void {
    for (const { metatype } of this.discovery.getControllers()) {
      const prototype = (metatype as { prototype?: object } | null)?.prototype;
      if (prototype === undefined) continue;
      for (const name of this.scanner.getAllMethodNames(prototype)) this.#hook(prototype, name, hasViewHooks);
    }
  }

  #hook(prototype: object, name: string, hasViewHooks: boolean): void {
    const handler = (prototype as Record<string, object>)[name]!;
    const descriptor = { value: handler } as TypedPropertyDescriptor<unknown>;
    if (!filtered.has(handler)) UseFilters(new RouteErrorFilter(handler))(prototype, name, descriptor);
    if (hasViewHooks && !guarded.has(handler)) UseGuards(viewGuard)(prototype, name, descriptor);
    filtered.add(handler);
    if (hasViewHooks) guarded.add(handler);
  }
}
