import { randomUUID } from 'node:crypto';
import type { CacheBus } from '../backends/cache-bus.js';

/** What one process tells the others of its writes. */
export interface BusMessage {
  readonly keys?: readonly string[];
  readonly tags?: readonly string[];
  readonly all?: true;
}

export interface MessageListener {
  changed(message: BusMessage): void;
  up(): void;
  down(): void;
}

/** Tells other processes what changed, and makes up for what could not be told. */
export class BusMessages {
  readonly #bus: CacheBus;
  readonly #sender = randomUUID();
  #isUp = false;
  #isUntold = false;

  constructor(bus: CacheBus, listener: MessageListener) {
    this.#bus = bus;
    bus.listen({
      heard: (text) => {
        const message = this.#parse(text);
        if (message) listener.changed(message);
      },
      up: () => {
        this.#isUp = true;
        listener.up();
        if (this.#isUntold) void this.tell({ all: true });
      },
      down: () => {
        this.#isUp = false;
        listener.down();
      },
    });
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Tells all other processes; what cannot be told now, is told in general as soon as it can. */
  async tell(message: BusMessage): Promise<void> {
    try {
      await this.#bus.publish(JSON.stringify({ from: this.#sender, ...message }));
      if (message.all) this.#isUntold = false;
    } catch {
      this.#isUntold = true;
    }
  }

  close(): Promise<void> {
    return this.#bus.close();
  }

  /** Whatever was not said by one of us says that anything may have changed. */
  #parse(text: string): BusMessage | undefined {
    try {
      const { from, ...message } = JSON.parse(text) as BusMessage & { from: string };
      return from === this.#sender ? undefined : message;
    } catch {
      return { all: true };
    }
  }
}
