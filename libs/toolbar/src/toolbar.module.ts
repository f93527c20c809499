import {
  type DynamicModule,
  Inject,
  Logger,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { APP_INTERCEPTOR, ModuleRef } from '@nestjs/core';
import { ImproperlyConfiguredError, toMilliseconds } from '@nest-quintet/core';
import { MiddlewareModule } from '@nest-quintet/middleware';
import { Access } from './access.js';
import { HandlerInterceptor } from './nest/handler.interceptor.js';
import { tapLogger } from './nest/log-tap.application.js';
import { ToolbarMiddleware, ToolbarParts } from './nest/toolbar.middleware.js';
import { DebugPages } from './pages/debug-pages.js';
import { builtInPanels } from './panels/built-in-panels.js';
import type { ToolbarPanel } from './panels/toolbar-panel.js';
import { Recorder } from './recording/recorder.js';
import { RecordStore } from './recording/record-store.js';
import { isEnabled, type ToolbarOptions } from './toolbar-options.js';

const OPTIONS = Symbol('toolbar options');

/**
 * Shows, for each request, what middleware, queries, caches, signals and sessions did.
 *
 * @example
 * \@Module({ imports: [ToolbarModule.forRoot({ slowQuery: '20ms' })] })
 * class AppModule {}
 *
 * There is no `forRootAsync()`: where the toolbar is off, nothing of it is made, and that is known before anything is.
 * Django: the Debug Toolbar.
 */
@Module({})
export class ToolbarModule implements OnApplicationBootstrap, OnApplicationShutdown {
  #tap: Disposable | undefined;

  constructor(
    private readonly parts: ToolbarParts,
    @Inject(OPTIONS) private readonly options: ToolbarOptions,
  ) {}

  static forRoot(options: ToolbarOptions = {}): DynamicModule {
    if (!isEnabled(options)) return { module: ToolbarOff };
    return {
      module: ToolbarModule,
      global: true,
      imports: [MiddlewareModule.forFeature([ToolbarMiddleware], { outermost: true })],
      providers: [
        { provide: OPTIONS, useValue: options },
        { provide: ToolbarParts, useFactory: makeParts, inject: [OPTIONS, ModuleRef] },
        { provide: Recorder, useFactory: ({ recorder }: ToolbarParts) => recorder, inject: [ToolbarParts] },
        { provide: APP_INTERCEPTOR, useClass: HandlerInterceptor },
      ],
      exports: [ToolbarParts, Recorder],
    };
  }

  /** Begins where the application has set its own logger. */
  onApplicationBootstrap(): void {
    this.#tap = tapLogger();
    const logger = new Logger('Toolbar');
    logger.log(`Requests are shown at ${this.parts.pages.path}/`);
    if (process.env.NODE_ENV === 'production')
      logger.warn(
        `The toolbar is on in production, for ${this.options.allow?.join(', ') ?? 'this machine'}.`,
      );
  }

  onApplicationShutdown(): void {
    this.#tap?.[Symbol.dispose]();
    this.parts.recorder.close();
    this.parts.recorder.store.clear();
  }
}

/** Stands where there is no toolbar. */
@Module({})
class ToolbarOff {}

async function makeParts(options: ToolbarOptions, moduleRef: ModuleRef): Promise<ToolbarParts> {
  const { keep = 100, keepBytes = 32 * 1024 * 1024, slowQuery = '50ms', path = '/__debug__' } = options;
  if (!/^(\/[\w-]+)+$/.test(path))
    throw new ImproperlyConfiguredError(
      `ToolbarModule: the path ${JSON.stringify(path)} is none: write it like '/__debug__'.`,
    );
  if (!(keep > 0 && keepBytes > 0))
    throw new ImproperlyConfiguredError('ToolbarModule: keep and keepBytes have to be more than zero.');
  const panels: ToolbarPanel[] = builtInPanels({
    slowQuery: toMilliseconds(slowQuery, 'slowQuery'),
    settings: options.settings,
  });
  for (const type of options.panels ?? []) panels.push(await moduleRef.create(type));
  const store = new RecordStore(keep, keepBytes);
  const logger = new Logger('Toolbar');
  const recorder = new Recorder(panels, store, keepBytes / 4, (error, { title }) =>
    logger.error(`The panel "${title}" has failed: ${error instanceof Error ? error.stack : String(error)}`),
  );
  recorder.watch();
  return {
    access: new Access(options.allow ?? ['127.0.0.1', '::1'], options.trustedProxies),
    hosts: new Set(options.hosts?.map((host) => host.toLowerCase())),
    pages: new DebugPages(path, recorder),
    recorder,
  };
}
