import { ImproperlyConfiguredError } from '@nest-quintet/core';
import { MiddlewareModule } from '@nest-quintet/middleware';
import { Injectable, type OnModuleInit, type Type } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, ModuleRef } from '@nestjs/core';
import { compileLayers } from '../pages/compile-layers.js';
import { findProvider } from './find-provider.js';
import { PageCacheFactory } from './page-cache.factory.js';
import { PageLayers } from './page-layers.js';
import { layersOf } from './response-layer.decorator.js';

/** Finds decorated handlers at start-up, and says at once what is wrong with them. */
@Injectable()
export class PageLayersExplorer implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly pages: PageCacheFactory,
    private readonly layers: PageLayers,
    private readonly modules: ModuleRef,
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
      const layers = declared.map((layer) =>
        typeof layer === 'function' ? layer : this.pages.make(layer, `@CachePage() on ${who}`),
      );
      this.layers.set(controller, handler, compileLayers(layers));
    }
  }

  #needMiddleware(handler: string): void {
    if (findProvider(this.modules, MiddlewareModule)) return;
    throw new ImproperlyConfiguredError(
      `${handler}: its response cannot be reached. Import MiddlewareModule.forRoot() from @nest-quintet/middleware.`,
    );
  }
}
