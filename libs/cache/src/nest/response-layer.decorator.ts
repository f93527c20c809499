import { UseGuards, UseInterceptors } from '@nestjs/common';
import type { HeaderPatch } from '../pages/compile-layers.js';
import type { PageDeclaration } from '../pages/page-options.js';
import { PageGuard } from './page.guard.js';
import { ResponseLayersInterceptor } from './response-layers.interceptor.js';

export type LayerDeclaration = PageDeclaration | HeaderPatch;

const LAYERS = Symbol('response layers');

/** Puts a layer around a handler, or around every handler of a controller; the topmost decorator is the outermost. */
export function ResponseLayer(layer: LayerDeclaration): ClassDecorator & MethodDecorator {
  return (target: object, key?: string | symbol, descriptor?: PropertyDescriptor) => {
    const holder = (descriptor?.value ?? target) as object;
    const inner = (Reflect.getOwnMetadata(LAYERS, holder) ?? []) as LayerDeclaration[];
    Reflect.defineMetadata(LAYERS, [layer, ...inner], holder);
    const use = (decorate: MethodDecorator & ClassDecorator) =>
      descriptor ? decorate(target, key!, descriptor) : decorate(target as new () => unknown);
    // Where in the list the guard is to stand is seen to when all of the list is known.
    if (isPage(layer) && !inner.some(isPage)) use(UseGuards(PageGuard));
    if (inner.length === 0) use(UseInterceptors(ResponseLayersInterceptor));
  };
}

/** Returns the layers of a handler or a controller, outermost first. */
export function layersOf(holder: object): readonly LayerDeclaration[] {
  return (Reflect.getMetadata(LAYERS, holder) ?? []) as LayerDeclaration[];
}

export function isPage(layer: LayerDeclaration): layer is PageDeclaration {
  return typeof layer !== 'function';
}
