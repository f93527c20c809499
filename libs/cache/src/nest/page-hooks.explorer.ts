import { MiddlewareModule } from '@nest-quintet/middleware';
import { Injectable, type Type } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, ModuleRef } from '@nestjs/core';
import { findProvider } from './find-provider.js';
import { PageGuard } from './page.guard.js';
import { placeLast, takeOut } from './place-last.js';
import { isPage, layersOf } from './response-layer.decorator.js';

/** Puts the page cache behind all other guards of its routes, before Nest registers them. */
@Injectable()
export class PageHooksExplorer {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly modules: ModuleRef,
  ) {}

  explore(): void {
    // What the middleware do after the guards comes first, whichever of us Nest asks first.
    findProvider(this.modules, MiddlewareModule)?.configure();
    for (const { metatype } of this.discovery.getControllers()) {
      if (typeof metatype === 'function') this.#hook(metatype as Type);
    }
  }

  #hook(controller: Type): void {
    const prototype = controller.prototype as Record<string, object>;
    for (const name of this.scanner.getAllMethodNames(prototype)) {
      const handler = prototype[name]!;
      if (![...layersOf(controller), ...layersOf(handler)].some(isPage)) continue;
      placeLast(PageGuard, handler);
    }
    for (
      let owner: object = controller;
      owner !== Function.prototype;
      owner = Object.getPrototypeOf(owner) as object
    )
      takeOut(PageGuard, owner);
  }
}
