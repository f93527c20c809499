import { Global, type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { CarrierConnector } from './carrier.connector.js';
import { SignalDispatcher } from './dispatcher.js';
import { processDispatcher } from './current-dispatcher.js';
import { ProviderMethods } from './provider-methods.explorer.js';
import { ReceiverExplorer } from './receiver.explorer.js';

/**
 * Connects the `@Receiver()` methods of the application and carries signals on Nest's event emitter.
 *
 * Import it once, in the root module; it is global. It uses the application's own `EventEmitterModule` where there is
 * one and brings an event emitter with wildcards where there is none.
 *
 * @example
 * @Module({ imports: [SignalsModule.forRoot()] })
 * class AppModule {}
 */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [
    { provide: SignalDispatcher, useFactory: () => new SignalDispatcher(processDispatcher) },
    ProviderMethods,
    ReceiverExplorer,
    CarrierConnector,
  ],
  exports: [SignalDispatcher],
})
export class SignalsModule implements NestModule {
  constructor(private readonly dispatcher: SignalDispatcher) {}

  /** Returns the module itself, so that every import of an application is one and the same. */
  static forRoot(): typeof SignalsModule {
    return SignalsModule;
  }

  /** Ties every request to its application, so that plain `signal.send()` in a handler finds it. */
  configure(consumer: MiddlewareConsumer): void {
    const enter = (_request: unknown, _response: unknown, next: () => void): void =>
      this.dispatcher.run(next);
    consumer.apply(enter).forRoutes('{*path}');
  }
}
