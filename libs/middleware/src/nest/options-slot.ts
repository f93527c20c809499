import { Injectable } from '@nestjs/common';

/** Holds the options of the middleware that is being made, one at a time, for its constructor to be given. */
@Injectable()
export class OptionsSlot {
  #queue: Promise<unknown> = Promise.resolve();
  /** The options of the middleware that is being made. */
  current: object | undefined;

  /** Runs `make` with `options` in the slot, after those that wait already. */
  fill<T>(options: object | undefined, make: () => Promise<T>): Promise<T> {
    const made = this.#queue.then(() => {
      this.current = options;
      return make();
    });
    this.#queue = made.catch(() => undefined);
    return made;
  }
}
