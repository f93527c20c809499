import type { Type } from '@nestjs/common';
import type { ResponseLayers } from '../pages/compile-layers.js';

export interface HandlerLayers extends ResponseLayers {
  /** Whether the handler answers by `@Res()`, so that a kept page must be written in its place. */
  readonly writesItself: boolean;
}

/** The layers of each handler, compiled once at start-up. */
export class PageLayers {
  readonly #layers = new Map<object, Map<object, HandlerLayers>>();

  set(controller: Type, handler: object, layers: HandlerLayers): void {
    let handlers = this.#layers.get(controller);
    if (!handlers) this.#layers.set(controller, (handlers = new Map()));
    handlers.set(handler, layers);
  }

  get(controller: object, handler: object): HandlerLayers | undefined {
    return this.#layers.get(controller)?.get(handler);
  }
}
