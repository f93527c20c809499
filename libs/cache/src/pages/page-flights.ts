const MAX_REMEMBERED = 1_000;
const REMEMBERED_FOR = 10_000;

/** The making of a page, and what ends it. */
export interface PageFlight {
  /** Whether others wait for it. */
  readonly isAwaited: boolean;
  /** Ends the wait of others, once; `isStored` tells whether there is something for them to find. */
  land(isStored: boolean): void;
}

/**
 * Lets concurrent misses of one page wait for the first of them.
 *
 * Where a page turned out not to be cacheable nobody waits for a while: each visitor's page would only come later.
 */
export class PageFlights {
  readonly #running = new Map<string, Promise<void>>();
  readonly #uncacheable = new Map<string, number>();

  /** Begins the making of a page, or returns the promise of its end. */
  board(key: string): PageFlight | Promise<void> {
    const running = this.#running.get(key);
    if (running) return running;
    if ((this.#uncacheable.get(key) ?? 0) > Date.now()) {
      return { isAwaited: false, land: (isStored) => isStored && this.#note(key, true) };
    }
    let settle = () => {};
    const flight = new Promise<void>((resolve) => (settle = resolve));
    this.#running.set(key, flight);
    return {
      isAwaited: true,
      land: (isStored) => {
        if (this.#running.get(key) !== flight) return;
        this.#running.delete(key);
        this.#note(key, isStored);
        settle();
      },
    };
  }

  #note(key: string, isStored: boolean): void {
    this.#uncacheable.delete(key);
    if (isStored) return;
    if (this.#uncacheable.size >= MAX_REMEMBERED) this.#uncacheable.clear();
    this.#uncacheable.set(key, Date.now() + REMEMBERED_FOR);
  }
}
