import { factChannel } from '@nest-quintet/core';

/** What the pipeline tells of one middleware that a request has passed. Times are those of `performance.now()`. */
export interface LayerFact {
  readonly name: string;
  readonly startedAt: number;
  readonly endedAt: number;
  /** When it called `next()`, and when that had answered; absent for one that answered itself. */
  readonly innerFrom?: number;
  readonly innerUntil?: number;
  readonly status: number;
}

export const layerFacts = factChannel<LayerFact>('middleware');

/** Takes the times of one passage, while somebody watches. */
export class Passage {
  readonly #startedAt = performance.now();
  #innerFrom: number | undefined;
  #innerUntil: number | undefined;

  constructor(private readonly name: string) {}

  async inner<T>(enter: () => Promise<T>): Promise<T> {
    this.#innerFrom = performance.now();
    try {
      return await enter();
    } finally {
      this.#innerUntil = performance.now();
    }
  }

  end(status: number): void {
    layerFacts.tell({
      name: this.name,
      startedAt: this.#startedAt,
      endedAt: performance.now(),
      ...(this.#innerFrom !== undefined && { innerFrom: this.#innerFrom, innerUntil: this.#innerUntil }),
      status,
    });
  }
}
