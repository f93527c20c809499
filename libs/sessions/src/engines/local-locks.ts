/** Lets one at a time in, per key and in order of arrival, in this process. */
export class LocalLocks {
  readonly #tails = new Map<string, Promise<void>>();

  /** Waits for its turn and returns the way out; nothing when it takes longer than `wait` milliseconds. */
  async enter(key: string, wait: number): Promise<(() => void) | undefined> {
    const previous = this.#tails.get(key) ?? Promise.resolve();
    let leave!: () => void;
    const left = new Promise<void>((resolve) => (leave = resolve));
    // Whoever gives up still stands between those before and those behind.
    const tail = previous.then(() => left);
    this.#tails.set(key, tail);
    void tail.then(() => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    });
    if (await isWithin(previous, wait)) return leave;
    leave();
    return undefined;
  }
}

async function isWithin(turn: Promise<void>, wait: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => (timer = setTimeout(resolve, wait, false)));
  try {
    return await Promise.race([turn.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
