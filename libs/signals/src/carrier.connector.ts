import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import {
  EVENT_LISTENER_METADATA,
  EventEmitter2,
  EventEmitterReadinessWatcher,
  type OnEventMetadata,
} from '@nestjs/event-emitter';
import { SignalDispatcher } from './dispatcher.js';
import { EarlyCarrier } from './early-carrier.js';
import { EventEmitterCarrier } from './event-emitter-carrier.js';
import { ProviderMethods } from './provider-methods.explorer.js';

/** Lets `@OnEvent()` listeners hear signals, on the application's own event emitter where it has one. */
@Injectable()
export class CarrierConnector implements OnModuleInit, OnApplicationShutdown {
  readonly #logger = new Logger('Signals');

  constructor(
    private readonly dispatcher: SignalDispatcher,
    private readonly methods: ProviderMethods,
  ) {}

  onModuleInit(): void {
    const [existing] = this.methods.registered(EventEmitter2);
    if (existing === undefined) {
      this.dispatcher.useCarrier(new EventEmitterCarrier(this.#makeEmitter(), this.#logger));
      return;
    }
    const carrier = new EventEmitterCarrier(existing.instance as EventEmitter2, this.#logger);
    const watcher = existing.host?.getProviderByKey(EventEmitterReadinessWatcher)?.instance;
    if (watcher === undefined) this.dispatcher.useCarrier(carrier);
    else void this.#connectWhenReady(watcher, carrier);
  }

  onApplicationShutdown(): void {
    this.dispatcher.useCarrier(undefined);
  }

  /** Does what `EventEmitterModule` does, for an application that does not import it. */
  #makeEmitter(): EventEmitter2 {
    const emitter = new EventEmitter2({ wildcard: true, maxListeners: 0 });
    for (const { method, call } of this.methods.all()) {
      const metadata = Reflect.getMetadata(EVENT_LISTENER_METADATA, method) as OnEventMetadata[] | undefined;
      for (const { event, options } of metadata ?? []) {
        if (options?.prependListener === true) emitter.prependListener(event, call, options);
        else emitter.on(event, call, options);
      }
    }
    return emitter;
  }

  async #connectWhenReady(
    watcher: EventEmitterReadinessWatcher,
    carrier: EventEmitterCarrier,
  ): Promise<void> {
    const early = new EarlyCarrier();
    this.dispatcher.useCarrier(early);
    try {
      await watcher.waitUntilReady();
    } catch {
      // The start has failed, and Nest reports with what.
      return;
    }
    this.dispatcher.useCarrier(carrier);
    await early.handOver(carrier);
  }
}
