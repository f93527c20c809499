/** One entry, between the one that was used before it and the one that was used after it. */
export interface RecencyNode<V> {
  readonly key: string;
  value: V;
  older: RecencyNode<V>;
  newer: RecencyNode<V>;
}

/** A map that knows in which order its entries were used. */
export class RecencyMap<V> {
  readonly #nodes = new Map<string, RecencyNode<V>>();
  /** Closes the ring: newer than the newest, older than the oldest. */
  readonly #end: RecencyNode<V>;

  constructor() {
    const end = { key: '', value: undefined } as unknown as RecencyNode<V>;
    end.older = end;
    end.newer = end;
    this.#end = end;
  }

  get size(): number {
    return this.#nodes.size;
  }

  /** The entry that was not used for the longest time. */
  get oldest(): RecencyNode<V> | undefined {
    return this.#end.newer === this.#end ? undefined : this.#end.newer;
  }

  find(key: string): RecencyNode<V> | undefined {
    return this.#nodes.get(key);
  }

  /** Makes an entry the newest. */
  use(node: RecencyNode<V>): void {
    if (node.newer === this.#end) return;
    unlink(node);
    this.#link(node);
  }

  /** Adds an entry that is not there yet, as the newest. */
  add(key: string, value: V): void {
    const node: RecencyNode<V> = { key, value, older: this.#end, newer: this.#end };
    this.#nodes.set(key, node);
    this.#link(node);
  }

  remove(node: RecencyNode<V>): void {
    this.#nodes.delete(node.key);
    unlink(node);
  }

  clear(): void {
    this.#nodes.clear();
    this.#end.older = this.#end;
    this.#end.newer = this.#end;
  }

  #link(node: RecencyNode<V>): void {
    const newest = this.#end.older;
    node.older = newest;
    node.newer = this.#end;
    newest.newer = node;
    this.#end.older = node;
  }
}

function unlink<V>({ older, newer }: RecencyNode<V>): void {
  older.newer = newer;
  newer.older = older;
}
