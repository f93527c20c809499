import {
  type DynamicModule,
  Logger,
  Module,
  type NestModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import { DiscoveryModule, ModuleRef } from '@nestjs/core';
import { toMilliseconds } from '@nest-quintet/core';
import { SignalDispatcher } from '@nest-quintet/signals';
import {
  type ASYNC_OPTIONS_TYPE,
  ConfigurableModuleClass,
  type MiddlewareModuleOptions,
  MODULE_OPTIONS_TOKEN,
} from './middleware.module-definition.js';
import {
  MIDDLEWARE_FEATURE,
  MiddlewareRegistry,
  type MiddlewareFeature,
} from './nest/middleware.registry.js';
import { MiddlewareSharedModule } from './nest/middleware-shared.module.js';
import { NestApplication } from './nest/nest.application.js';
import { NestFilters } from './nest/nest-filters.js';
import { RequestTrust } from './http/request-trust.js';
import { RouteHooksExplorer } from './nest/route-hooks.explorer.js';
import type { FeaturePosition, MiddlewareEntry } from './pipeline/middleware-entry.js';
import { Pipeline } from './pipeline/pipeline.js';

/** Carries what {@link MiddlewareModule.forFeature} adds to the list. */
@Module({})
class MiddlewareFeatureModule {}

/**
 * Runs an ordered list of middleware around everything that the application answers.
 *
 * @example
 * \@Module({ imports: [MiddlewareModule.forRoot({ middleware: [SecurityMiddleware, SessionMiddleware, TimingMiddleware] })] })
 * class AppModule {}
 *
 * Django: the `MIDDLEWARE` setting.
 */
@Module({
  imports: [DiscoveryModule, MiddlewareSharedModule],
  providers: [
    NestFilters,
    NestApplication,
    MiddlewareRegistry,
    RouteHooksExplorer,
    {
      provide: Pipeline,
      useFactory: (
        application: NestApplication,
        { abandonAfter = '5s', ...trust }: MiddlewareModuleOptions,
      ) => new Pipeline(application, toMilliseconds(abandonAfter, 'abandonAfter'), new RequestTrust(trust)),
      inject: [NestApplication, MODULE_OPTIONS_TOKEN],
    },
  ],
  exports: [Pipeline],
})
export class MiddlewareModule
  extends ConfigurableModuleClass
  implements NestModule, OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown
{
  constructor(
    private readonly pipeline: Pipeline,
    private readonly application: NestApplication,
    private readonly registry: MiddlewareRegistry,
    private readonly routes: RouteHooksExplorer,
    private readonly moduleRef: ModuleRef,
  ) {
    super();
    application.install(pipeline);
  }

  static override forRoot(options: MiddlewareModuleOptions = {}): DynamicModule {
    return super.forRoot(options);
  }

  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return super.forRootAsync(options);
  }

  /**
   * Adds the middleware of one module to the list.
   *
   * @param position Before or after which of the others; innermost when left out.
   */
  static forFeature(entries: readonly MiddlewareEntry[], position: FeaturePosition = {}): DynamicModule {
    const feature: MiddlewareFeature = { entries, position };
    return {
      module: MiddlewareFeatureModule,
      providers: [{ provide: MIDDLEWARE_FEATURE, useValue: feature }],
    };
  }

  /** Prepares the routes; Nest calls it before it registers them. */
  configure(): void {
    this.routes.explore(this.registry.hasHook('processView', 'processTemplateResponse'));
  }

  async onApplicationBootstrap(): Promise<void> {
    const { pipeline } = this;
    pipeline.layers = await this.registry.build();
    pipeline.dispatcher = this.#dispatcher();
    this.application.serve(pipeline);
    if (pipeline.order.length > 0) new Logger('Middleware').log(`Order: ${pipeline.order.join(' > ')}`);
  }

  onModuleDestroy(): Promise<void> {
    return this.registry.callHook('onModuleDestroy');
  }

  onApplicationShutdown(signal?: string): Promise<void> {
    return this.registry.callHook('onApplicationShutdown', signal);
  }

  /** Request signals are sent where `SignalsModule` is imported. */
  #dispatcher(): SignalDispatcher | undefined {
    try {
      return this.moduleRef.get(SignalDispatcher, { strict: false });
    } catch {
      return undefined;
    }
  }
}
