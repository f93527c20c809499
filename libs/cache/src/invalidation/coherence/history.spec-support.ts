/** One operation as its client saw it. */
export interface Operation {
  readonly kind: 'read' | 'write';
  readonly cell: string;
  /** What was read, or what the cell was after the write. Each write makes it one more. */
  readonly value: number;
  readonly began: number;
  readonly ended: number;
}

/** The operations of a run, told by the clients and not by what is tested. */
export class History {
  readonly operations: Operation[] = [];
  #moment = 0;

  /**
   * @param bound The milliseconds for which a read may be outdated. Without it moments are counted, not measured, so
   *   that their order is certain.
   */
  constructor(private readonly bound = 0) {}

  tick(): number {
    return this.bound > 0 ? performance.now() : ++this.#moment;
  }

  /**
   * Lists what must not have happened: a read that is older than the last write that was committed before it began,
   * or newer than every write that had begun when it ended.
   */
  violations(): string[] {
    const cells = new Set(this.operations.map(({ cell }) => cell));
    return [...cells].flatMap((cell) => this.#violationsOf(cell));
  }

  #violationsOf(cell: string): string[] {
    const own = this.operations.filter((operation) => operation.cell === cell);
    const writes = own.filter(({ kind }) => kind === 'write').sort((a, b) => a.ended - b.ended);
    const reads = own.filter(({ kind }) => kind === 'read').sort((a, b) => a.began - b.began);
    const found: string[] = [];
    let [at, least] = [0, 0];
    for (const read of reads) {
      for (; at < writes.length && writes[at]!.ended + this.bound < read.began; at++)
        least = Math.max(least, writes[at]!.value);
      if (read.value < least)
        found.push(`${cell}: read ${read.value} at ${read.began}, after ${least} was committed`);
      const most = writes.filter(({ began }) => began < read.ended).length;
      if (read.value > most)
        found.push(`${cell}: read ${read.value} at ${read.ended}, when ${most} writes had begun`);
    }
    return found;
  }
}
