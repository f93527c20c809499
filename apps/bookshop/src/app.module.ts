import { type DynamicModule, Module } from '@nestjs/common';
import { CacheModule, memoryCache } from '@nest-quintet/cache';
import { CacheInvalidationModule } from '@nest-quintet/cache/invalidation';
import { redisCache } from '@nest-quintet/cache/redis';
import { MessagesMiddleware, MiddlewareModule, SecurityMiddleware } from '@nest-quintet/middleware';
import { OrmModule } from '@nest-quintet/orm';
import { SessionMiddleware, SessionsModule } from '@nest-quintet/sessions';
import { cacheEngine } from '@nest-quintet/sessions/cache';
import { prismaEngine } from '@nest-quintet/sessions/prisma';
import { SignalsModule } from '@nest-quintet/signals';
import { ToolbarModule } from '@nest-quintet/toolbar';
import { AuthenticationMiddleware } from './accounts/authentication.middleware.js';
import { AccountsController } from './accounts/accounts.controller.js';
import { BookManager } from './books/book.manager.js';
import { BooksController } from './books/books.controller.js';
import { PublisherManager } from './books/publisher.manager.js';
import { CartController } from './cart/cart.controller.js';
import { CartPresenter } from './cart/cart.presenter.js';
import { CheckoutController } from './checkout/checkout.controller.js';
import { CheckoutService } from './checkout/checkout.service.js';
import type { DatabaseConnection } from './database/connect.js';
import { DemoController } from './demo/demo.controller.js';
import { PrismaClient } from './generated/prisma/client.js';
import { schema } from './generated/quintet/index.js';
import { type Engines, ENGINES, HealthController } from './health/health.controller.js';
import { HomeController } from './home/home.controller.js';
import { RequestIdMiddleware } from './http/request-id.middleware.js';
import { ResponseTimeMiddleware } from './http/response-time.middleware.js';
import {
  CustomerManager,
  CustomerProfileManager,
  OrderItemManager,
  OrderManager,
  OutboxManager,
} from './orders/order.managers.js';
import { OrderTotalsReceiver } from './orders/order-totals.receiver.js';
import { OrdersController } from './orders/orders.controller.js';
import { OrdersService } from './orders/orders.service.js';
import { OutboxReceiver } from './orders/outbox.receiver.js';
import { ReportService } from './orders/report.service.js';
import { ErrorPagesMiddleware } from './pages/error-pages.middleware.js';
import { FormCsrfMiddleware } from './pages/form-csrf.middleware.js';
import { templatesProvider } from './pages/templates.js';
import { contentSecurityPolicy } from './settings/content-security-policy.js';
import type { Settings } from './settings/settings.js';
import { VisitsController } from './visits/visits.controller.js';

/** What of the settings the shop itself is made by. */
export type ShopSettings = Pick<Settings, 'redisUrl' | 'secretKeys'> &
  Partial<Pick<Settings, 'isDevelopment'>>;

/** The whole shop: the five modules, then what it is made of. */
@Module({})
export class AppModule {
  static forRoot(
    { redisUrl, secretKeys, isDevelopment = false }: ShopSettings,
    { adapter, kind }: DatabaseConnection,
  ): DynamicModule {
    const engines: Engines = {
      database: kind,
      cache: redisUrl ? 'redis' : 'memory',
      sessions: redisUrl ? 'redis' : 'database',
    };
    return {
      module: AppModule,
      imports: [
        SignalsModule.forRoot(),
        OrmModule.forRoot({
          adapter,
          client: (adapter) => new PrismaClient({ adapter }),
          schema,
          queryLog: isDevelopment,
        }),
        OrmModule.forFeature([
          BookManager,
          PublisherManager,
          CustomerManager,
          CustomerProfileManager,
          OrderManager,
          OrderItemManager,
          OutboxManager,
        ]),
        CacheModule.forRoot({
          caches: {
            default: redisUrl ? redisCache({ url: redisUrl, keyPrefix: 'bookshop' }) : memoryCache(),
          },
        }),
        CacheInvalidationModule.forRoot(),
        SessionsModule.forRoot({
          engine: redisUrl ? cacheEngine() : prismaEngine(),
          secret: secretKeys,
          userId: 'user',
          clearExpiredEvery: '1h',
        }),
        MiddlewareModule.forRoot({
          middleware: [
            RequestIdMiddleware,
            ResponseTimeMiddleware,
            { use: SecurityMiddleware, options: { secureCsp: contentSecurityPolicy } },
            ErrorPagesMiddleware,
            SessionMiddleware,
            AuthenticationMiddleware,
            { use: MessagesMiddleware, options: { messageStorage: 'cookie', secret: secretKeys } },
            { use: FormCsrfMiddleware, options: { csrfCookieHttponly: true } },
          ],
        }),
        ToolbarModule.forRoot({ enabled: isDevelopment, settings: { redisUrl, secretKeys, ...engines } }),
      ],
      controllers: [
        HomeController,
        BooksController,
        CartController,
        CheckoutController,
        OrdersController,
        AccountsController,
        VisitsController,
        HealthController,
        DemoController,
      ],
      providers: [
        templatesProvider,
        CartPresenter,
        CheckoutService,
        OrdersService,
        ReportService,
        OrderTotalsReceiver,
        OutboxReceiver,
        { provide: ENGINES, useValue: engines },
      ],
    };
  }
}
