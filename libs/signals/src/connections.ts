import type { SignalReceiver } from './event.js';

/** One receiver connected to one signal. */
export interface Connection {
  readonly receiver: SignalReceiver<any, any>;
  /** The sender it hears; `undefined` for every one. */
  readonly sender: unknown;
  /** What makes it equal to another: its `dispatchUid`, or the receiver itself. */
  readonly identity: unknown;
  readonly on: 'send' | 'commit';
  /** Its place in the connect order of the whole process. */
  readonly order: number;
}

const none: readonly Connection[] = [];
let connected = 0;

/** The receivers of one signal in connect order; every list it hands out is immutable. */
export class Connections {
  #all: readonly Connection[] = none;
  // Keyed by the senders that somebody asked for, so that arbitrary senders do not pile up in it.
  #bySender: ReadonlyMap<unknown, readonly Connection[]> | undefined;
  #ofEverySender: readonly Connection[] = none;

  get isEmpty(): boolean {
    return this.#all.length === 0;
  }

  /** Adds a connection, or returns the equal one that is there. */
  add(connection: Omit<Connection, 'order'>): Connection {
    const known = this.#all.find((one) => isSame(one, connection.identity, connection.sender));
    if (known !== undefined) return known;
    const added = { ...connection, order: connected++ };
    this.#replace([...this.#all, added]);
    return added;
  }

  /** Removes a connection, by itself or by its identity and sender; returns whether it was there. */
  remove(connection: Pick<Connection, 'identity' | 'sender'>): boolean {
    const rest = this.#all.filter((one) => !isSame(one, connection.identity, connection.sender));
    const removed = rest.length < this.#all.length;
    if (removed) this.#replace(rest);
    return removed;
  }

  /** Returns who hears a sender. */
  of(sender: unknown): readonly Connection[] {
    const lists = (this.#bySender ??= this.#group());
    return lists.size === 0 ? this.#ofEverySender : (lists.get(sender) ?? this.#ofEverySender);
  }

  #replace(all: readonly Connection[]): void {
    this.#all = all;
    this.#bySender = undefined;
  }

  #group(): ReadonlyMap<unknown, readonly Connection[]> {
    this.#ofEverySender = this.#all.filter((one) => one.sender === undefined);
    const senders = new Set(this.#all.map((one) => one.sender));
    senders.delete(undefined);
    return new Map(
      [...senders].map((sender) => [
        sender,
        this.#all.filter((one) => one.sender === undefined || one.sender === sender),
      ]),
    );
  }
}

/** Joins two lists in connect order; returns the other list itself when one is empty. */
export function inConnectOrder(
  left: readonly Connection[],
  right: readonly Connection[],
): readonly Connection[] {
  if (left.length === 0) return right;
  if (right.length === 0) return left;
  return [...left, ...right].sort((a, b) => a.order - b.order);
}

function isSame(one: Connection, identity: unknown, sender: unknown): boolean {
  return one.identity === identity && one.sender === sender;
}
