/** One copy that is on its way from the shared store to this process. */
export interface Fill {
  /** Tells whether the copy is still what the shared store holds, and ends the fill. */
  end(): boolean;
}

/** Knows which copies are on their way, so that one that was overtaken by a change is not kept. */
export class Fills {
  readonly #open = new Map<string, Set<{ isCurrent: boolean }>>();

  begin(key: string): Fill {
    const state = { isCurrent: true };
    const states = this.#open.get(key) ?? new Set();
    this.#open.set(key, states.add(state));
    return {
      end: () => {
        states.delete(state);
        if (states.size === 0 && this.#open.get(key) === states) this.#open.delete(key);
        return state.isCurrent;
      },
    };
  }

  cancel(key: string): void {
    for (const state of this.#open.get(key) ?? []) state.isCurrent = false;
  }

  cancelAll(): void {
    for (const key of this.#open.keys()) this.cancel(key);
  }
}
