/** Runs work one after another, in the order in which it came; at once while nothing runs. */
export class SerialQueue {
  #last: Promise<void> | undefined;

  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last ? this.#last.then(work) : work();
    const settled: Promise<void> = result.then(nothing, nothing).then(() => {
      if (this.#last === settled) this.#last = undefined;
    });
    this.#last = settled;
    return result;
  }
}

function nothing(): void {}
