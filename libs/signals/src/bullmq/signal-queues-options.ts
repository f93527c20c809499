import type { ConnectionOptions, JobsOptions } from 'bullmq';

/** How events reach the workers of queues. */
export class SignalQueuesOptions {
  /** The Redis server: a connected node-redis client, or whatever else BullMQ takes. */
  connection!: ConnectionOptions;

  /** Whether this process works jobs off; `false` only adds them. Default `true`. */
  worker?: boolean = true;

  /** How many jobs of one queue run at a time in this process. Default 1. */
  concurrency?: number = 1;

  /** How a job is retried; BullMQ's options. Default: five attempts, one second after the first failure, then ever later. */
  job?: JobsOptions = {
    attempts: 5,
    backoff: { type: 'exponential', delay: 1000 },
    removeOnComplete: true,
    removeOnFail: 1000,
  };

  /** What the keys in Redis begin with. Default `'quintet'`. */
  prefix?: string = 'quintet';

  /** Milliseconds after which a job of a worker that has died is given to another. Default 30,000. */
  lockDuration?: number = 30_000;
}
