import {
  type BeforeApplicationShutdown,
  Global,
  Logger,
  Module,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { ReceiverQueues } from '../receiver-queues.js';
import { SignalQueues } from './signal-queues.js';
import { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } from './signal-queues.module-definition.js';
import type { SignalQueuesOptions } from './signal-queues-options.js';

/**
 * Runs the receivers of `@Receiver(signal, { queue })` in BullMQ workers, after the transaction has committed.
 *
 * @example
 * const connection = await createClient({ url: process.env.REDIS_URL }).connect();
 *
 * \@Module({ imports: [SignalsModule.forRoot(), SignalQueuesModule.forRoot({ connection })] })
 * class AppModule {}
 */
@Global()
@Module({
  providers: [
    {
      provide: ReceiverQueues,
      inject: [MODULE_OPTIONS_TOKEN],
      useFactory: (options: SignalQueuesOptions) => new SignalQueues(options, new Logger('Signals')),
    },
  ],
  exports: [ReceiverQueues],
})
export class SignalQueuesModule
  extends ConfigurableModuleClass
  implements OnApplicationBootstrap, BeforeApplicationShutdown
{
  constructor(private readonly queues: ReceiverQueues) {
    super();
  }

  onApplicationBootstrap(): void {
    (this.queues as SignalQueues).start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await (this.queues as SignalQueues).close();
  }
}
