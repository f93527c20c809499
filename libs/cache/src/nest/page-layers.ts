import type { Type } from '@nestjs/common';
import type { ResponseLayers } from '../pages/compile-layers.js';

/** The layers of each handler, compiled once at start-up. */
export class PageLayers {
  readonly #layers = new Map<object, Map<object, ResponseLayers>>();

  set(controller: Type, handler: object, layers: ResponseLayers): void {
    let handlers = this.#layers.get(controller);
    if (!handlers) this.#layers.set(controller, (handlers = new Map()));
    handlers.set(handler, layers);
  }

  get(controller: object, handler: object): ResponseLayers | undefined {
    return this.#layers.get(controller)?.get(handler);
  }
}
