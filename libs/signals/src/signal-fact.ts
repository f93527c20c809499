import { factChannel } from '@nest-quintet/core';
import type { Connection } from './connections.js';
import type { SignalEvent, SignalReceiver, SignalResult } from './event.js';

/** What is told of one signal that was sent. Times are those of `performance.now()`. */
export interface SignalFact {
  readonly signal: string;
  readonly sender: string;
  /** Those that were called, in order, up to the first that failed where that ends a send. */
  readonly receivers: readonly { name: string; milliseconds: number; error?: unknown }[];
  /** How many receivers are called once the transaction commits. */
  readonly waiting: number;
  readonly startedAt: number;
  readonly endedAt: number;
}

const signalFacts = factChannel<SignalFact>('signal');

type Receiver = SignalReceiver<any, any>;

/** Takes the times of one send, while somebody watches. */
export class SignalTrace {
  /** The connections, with receivers that are timed. */
  readonly connections: readonly Connection[];
  readonly #originals = new Map<Receiver, Receiver>();
  readonly #called: { name: string; milliseconds: number; error?: unknown }[] = [];
  readonly #startedAt = performance.now();

  private constructor(
    connections: readonly Connection[],
    private readonly event: SignalEvent,
  ) {
    this.connections = connections.map((connection) =>
      connection.on === 'commit' ? connection : { ...connection, receiver: this.#timed(connection.receiver) },
    );
  }

  static begin(connections: readonly Connection[], event: SignalEvent): SignalTrace | undefined {
    return signalFacts.isWatched ? new SignalTrace(connections, event) : undefined;
  }

  /** Tells how the send went, and gives the results the receivers that were connected. */
  async end(results: Promise<SignalResult<any, any>[]>): Promise<SignalResult<any, any>[]> {
    try {
      return (await results).map(([receiver, result]) => [this.#originals.get(receiver) ?? receiver, result]);
    } finally {
      const { signal, sender } = this.event;
      signalFacts.tell({
        signal: signal.name,
        sender: nameOf(sender),
        receivers: this.#called,
        waiting: this.connections.filter(({ on }) => on === 'commit').length,
        startedAt: this.#startedAt,
        endedAt: performance.now(),
      });
    }
  }

  #timed(receiver: Receiver): Receiver {
    const { name } = receiver;
    const timed = async (event: SignalEvent): Promise<unknown> => {
      const startedAt = performance.now();
      const ended = (failure?: { error: unknown }): void => {
        this.#called.push({ name, milliseconds: performance.now() - startedAt, ...failure });
      };
      try {
        const result: unknown = await receiver(event);
        ended();
        return result;
      } catch (error) {
        ended({ error });
        throw error;
      }
    };
    Object.defineProperty(timed, 'name', { value: name });
    this.#originals.set(timed, receiver);
    return timed;
  }
}

function nameOf(sender: unknown): string {
  if (typeof sender === 'string') return sender;
  if (typeof sender === 'function') return sender.name;
  return typeof sender === 'object' && sender !== null ? sender.constructor.name : '';
}
