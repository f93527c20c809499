import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { SignalQueuesOptions } from './signal-queues-options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<SignalQueuesOptions>({ moduleName: 'SignalQueues' })
    .setClassMethodName('forRoot')
    .build();
