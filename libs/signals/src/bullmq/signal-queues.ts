import { QuintetError } from '@nest-quintet/core';
import { type Job, Queue, Worker } from 'bullmq';
import type { SignalLogger } from '../carrier.js';
import type { SignalEvent } from '../event.js';
import { type QueuedReceiver, ReceiverQueues } from '../receiver-queues.js';
import { decode, encode } from './event-codec.js';
import { SignalQueuesOptions } from './signal-queues-options.js';

/** What a job holds of an event. */
interface EventJob {
  readonly signal: string;
  readonly event: Parameters<typeof decode>[0];
}

/** Puts the events of queued receivers into BullMQ and works them off. */
export class SignalQueues extends ReceiverQueues {
  readonly #options: Required<SignalQueuesOptions>;
  readonly #queues = new Map<string, Queue<EventJob>>();
  readonly #workers: Worker<EventJob>[] = [];
  readonly #receivers = new Map<string, QueuedReceiver>();

  constructor(
    options: SignalQueuesOptions,
    private readonly logger: SignalLogger,
  ) {
    super();
    this.#options = Object.assign(new SignalQueuesOptions(), options) as Required<SignalQueuesOptions>;
  }

  register(receiver: QueuedReceiver): (event: SignalEvent) => Promise<void> {
    this.#receivers.set(keyOf(receiver.queue, receiver.name), receiver);
    const queue = this.#queueOf(receiver.queue);
    return async ({ signal, ...event }) => {
      await queue.add(receiver.name, { signal: signal.name, event: encode(event)! }, this.#options.job);
    };
  }

  /** Begins to work jobs off; call it when every receiver is registered. */
  start(): void {
    if (!this.#options.worker) return;
    const { connection, prefix, concurrency, lockDuration } = this.#options;
    for (const name of this.#queues.keys()) {
      const worker = new Worker<EventJob>(name, (job) => this.#work(name, job), {
        connection,
        prefix,
        concurrency,
        lockDuration,
        stalledInterval: lockDuration,
      });
      worker.on('error', (error) => this.#tell(`The worker of the queue "${name}" failed`, error));
      worker.on('failed', (job, error) =>
        this.#tell(`The receiver ${job?.name ?? '(unknown)'} failed`, error),
      );
      this.#workers.push(worker);
    }
  }

  /** Lets running jobs end and closes the connections that were opened here. */
  async close(): Promise<void> {
    await Promise.all(this.#workers.splice(0).map((worker) => worker.close()));
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()));
    this.#queues.clear();
  }

  async #work(queue: string, { name, data }: Job<EventJob>): Promise<void> {
    const receiver = this.#receivers.get(keyOf(queue, name));
    const signal = receiver?.signals.find((one) => one.name === data.signal);
    if (receiver === undefined || signal === undefined) {
      throw new QuintetError(
        `The queue "${queue}" holds an event "${data.signal}" for the receiver ${name}, which this process does not have; deploy it, or remove the job.`,
      );
    }
    await receiver.call({ ...(decode(data.event) as { sender: unknown }), signal });
  }

  #queueOf(name: string): Queue<EventJob> {
    let queue = this.#queues.get(name);
    if (queue === undefined) {
      const { connection, prefix } = this.#options;
      queue = new Queue<EventJob>(name, { connection, prefix });
      queue.on('error', (error) => this.#tell(`The queue "${name}" failed`, error));
      this.#queues.set(name, queue);
    }
    return queue;
  }

  #tell(message: string, error: Error): void {
    this.logger.error(`${message}: ${error.message}`, error.stack);
  }
}

function keyOf(queue: string, name: string): string {
  return `${queue}\0${name}`;
}
