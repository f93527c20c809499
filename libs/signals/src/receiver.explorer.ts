import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
  Optional,
} from '@nestjs/common';
import { ImproperlyConfiguredError } from '@nest-quintet/core';
import { applications } from './applications.js';
import { SignalDispatcher } from './dispatcher.js';
import type { SignalEvent } from './event.js';
import { ProviderMethods } from './provider-methods.explorer.js';
import { type ReceiverMetadata, receiversOf } from './receiver.decorator.js';
import { ReceiverQueues } from './receiver-queues.js';

/** Finds the methods under `@Receiver()` and connects them while the application runs. */
@Injectable()
export class ReceiverExplorer implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  readonly #connections: Disposable[] = [];

  constructor(
    private readonly dispatcher: SignalDispatcher,
    private readonly methods: ProviderMethods,
    @Optional() private readonly queues?: ReceiverQueues,
  ) {
    // Nest may initialise another global module first, and that one may send already.
    dispatcher.prepareWith(() => this.#connectAll());
    dispatcher.useLogger(new Logger('Signals'));
    applications.announce(dispatcher);
  }

  onModuleInit(): void {
    this.dispatcher.prepare();
  }

  onApplicationBootstrap(): void {
    applications.register(this.dispatcher);
  }

  onApplicationShutdown(): void {
    applications.release(this.dispatcher);
    for (const connection of this.#connections.splice(0)) connection[Symbol.dispose]();
  }

  #connectAll(): void {
    for (const provider of this.methods.providers()) applications.claim(provider, this.dispatcher);
    for (const { method, call } of this.methods.all()) {
      for (const metadata of receiversOf(method)) this.#connect(metadata, call);
    }
  }

  #connect(metadata: ReceiverMetadata, call: (event: SignalEvent) => unknown): void {
    const { signals, senders, dispatchUid, queue } = metadata;
    const receiver = queue === undefined ? call : this.#enqueue(queue, signals, call);
    // A job must not start before what it is about can be read.
    const on = queue === undefined ? metadata.on : 'commit';
    for (const signal of signals) {
      for (const sender of senders) {
        this.#connections.push(this.dispatcher.connect(signal, receiver, { sender, dispatchUid, on }));
      }
    }
  }

  #enqueue(
    queue: string,
    signals: ReceiverMetadata['signals'],
    call: (event: SignalEvent) => unknown,
  ): (event: SignalEvent) => unknown {
    if (this.queues === undefined) {
      throw new ImproperlyConfiguredError(
        `The receiver ${call.name} works in the queue "${queue}" and no queues are configured: import SignalQueuesModule.forRoot({ connection }) from "@nest-quintet/signals/bullmq".`,
      );
    }
    return this.queues.register({ queue, name: call.name, signals, call });
  }
}
