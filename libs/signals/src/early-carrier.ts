import type { SignalCarrier } from './carrier.js';
import type { SignalEvent } from './event.js';

/**
 * Keeps what is sent while an application starts for the listeners of another carrier, which bind at its very end.
 *
 * Nest binds `@OnEvent()` methods in `onApplicationBootstrap`; without this they would miss what `onModuleInit` sends.
 */
export class EarlyCarrier implements SignalCarrier {
  readonly #kept: SignalEvent[] = [];

  hears(): boolean {
    return true;
  }

  async carry(event: SignalEvent): Promise<void> {
    this.#kept.push(event);
  }

  /** Hands everything on, in the order in which it was sent. */
  async handOver(carrier: SignalCarrier): Promise<void> {
    for (const event of this.#kept.splice(0)) await carrier.carry(event);
  }
}
