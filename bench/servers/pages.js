import 'reflect-metadata';
import { Controller, Get } from '@nestjs/common';

/** @param {number} books */
const catalogue = (books) => ({
  items: Array.from({ length: books }, (_, id) => ({
    id,
    name: `Book ${id}`,
    pages: 100 + id,
    price: '29.90',
  })),
});

/** About 1 KB and 52 KB as JSON. */
export const small = catalogue(18);
export const large = catalogue(905);

/**
 * Makes a controller of two pages, and of `/runs` which tells how often the handler of each has run.
 *
 * @param {MethodDecorator[]} decorators Of both pages.
 */
export function pagesController(decorators) {
  const runs = [0, 0];
  class Pages {
    small() {
      runs[0] = (runs[0] ?? 0) + 1;
      return small;
    }

    large() {
      runs[1] = (runs[1] ?? 0) + 1;
      return large;
    }

    runs() {
      return runs;
    }
  }
  decorateMethod(Pages, 'small', [Get('small'), ...decorators]);
  decorateMethod(Pages, 'large', [Get('large'), ...decorators]);
  decorateMethod(Pages, 'runs', [Get('runs')]);
  Controller()(Pages);
  return Pages;
}

/**
 * Decorates a method: plain JavaScript has no syntax for it.
 *
 * @param {Function} target
 * @param {string} name
 * @param {readonly MethodDecorator[]} decorators
 */
export function decorateMethod(target, name, decorators) {
  const descriptor = /** @type {PropertyDescriptor} */ (
    Object.getOwnPropertyDescriptor(target.prototype, name)
  );
  for (const decorate of decorators) decorate(target.prototype, name, descriptor);
}
