import { Controller, Get } from '@nestjs/common';
import { decorateMethod } from './pages.js';

/** A handler that returns a small object, as most do. */
class Items {
  items() {
    return { items: [1, 2, 3], page: 1, pages: 4, total: 12 };
  }

  heap() {
    return String(process.memoryUsage().heapUsed);
  }

  /** What is left once everything that nobody holds is collected. */
  held() {
    globalThis.gc?.();
    return String(process.memoryUsage().heapUsed);
  }
}
decorateMethod(Items, 'items', [Get('items')]);
decorateMethod(Items, 'heap', [Get('heap')]);
decorateMethod(Items, 'held', [Get('held')]);
Controller()(Items);

export { Items };
