/**
 * Keeps calls of different flows out of one batch.
 *
 * Prisma collects what it may merge until the end of the tick, and then sends all of it from the flow of whichever call
 * came first: an observer that asks whose statement it hears would be told wrong.
 */
export class TickBatches {
  #flow: readonly unknown[] | undefined;
  #sent: Promise<void> | undefined;

  /** Calls `send` in this tick, or in the next one that no other flow has taken. */
  send<T>(flow: readonly unknown[] | undefined, send: () => Promise<T>): Promise<T> {
    if (!flow) return send();
    if (this.#flow && !isSame(this.#flow, flow)) return this.#sent!.then(() => this.send(flow, send));
    const result = send();
    if (!this.#flow) this.#take(flow);
    return result;
  }

  #take(flow: readonly unknown[]): void {
    this.#flow = flow;
    this.#sent = new Promise((resolve) => {
      // Prisma asked for the end of the tick while it took the call, and so comes first.
      process.nextTick(() => {
        this.#flow = undefined;
        resolve();
      });
    });
  }
}

function isSame(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((part, index) => part === other[index]);
}
