/**
 * Runs tasks of one key one after the other, in this process; tasks of different keys do not wait for each other.
 *
 * A task that never ends holds up the next one for `patience` milliseconds, not for ever.
 */
export class KeyedQueue {
  readonly #tails = new Map<string, Promise<unknown>>();

  constructor(private readonly patience = 10_000) {}

  run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const previous = this.#tails.get(key);
    const current = previous ? this.#settled(previous).then(task) : task();
    this.#tails.set(key, current);
    const forget = () => {
      if (this.#tails.get(key) === current) this.#tails.delete(key);
    };
    current.then(forget, forget);
    return current;
  }

  /** Waits for the end of a task, however it ends: its failure is told to its own caller. */
  #settled(task: Promise<unknown>): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.patience);
      timer.unref();
      const goOn = () => {
        clearTimeout(timer);
        resolve();
      };
      task.then(goOn, goOn);
    });
  }
}
