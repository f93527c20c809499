import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { applications } from './applications.js';
import { SignalDispatcher } from './dispatcher.js';
import { ProviderMethods } from './provider-methods.js';
import { receiversOf } from './receiver.decorator.js';

/** Finds the methods under `@Receiver()` and connects them while the application runs. */
@Injectable()
export class ReceiverExplorer implements OnModuleInit, OnApplicationShutdown {
  readonly #connections: Disposable[] = [];

  constructor(
    private readonly dispatcher: SignalDispatcher,
    private readonly methods: ProviderMethods,
  ) {
    // Nest may initialise another global module first, and that one may send already.
    dispatcher.prepareWith(() => this.#connectAll());
    dispatcher.useLogger(new Logger('Signals'));
    applications.announce(dispatcher);
  }

  onModuleInit(): void {
    this.#connections.push(applications.register(this.dispatcher));
    this.dispatcher.prepare();
  }

  onApplicationShutdown(): void {
    for (const connection of this.#connections.splice(0)) connection[Symbol.dispose]();
  }

  #connectAll(): void {
    for (const provider of this.methods.providers()) applications.claim(provider, this.dispatcher);
    for (const { method, call } of this.methods.all()) {
      for (const { signals, senders, dispatchUid, on } of receiversOf(method)) {
        for (const signal of signals) {
          for (const sender of senders) {
            this.#connections.push(this.dispatcher.connect(signal, call, { sender, dispatchUid, on }));
          }
        }
      }
    }
  }
}
