import { type DynamicModule, Module } from '@nestjs/common';
import { CacheModule, memoryCache } from '@nest-quintet/cache';
import { CacheInvalidationModule } from '@nest-quintet/cache/invalidation';
import { redisCache } from '@nest-quintet/cache/redis';
import { MiddlewareModule } from '@nest-quintet/middleware';
import { OrmModule } from '@nest-quintet/orm';
import { SessionMiddleware, SessionsModule } from '@nest-quintet/sessions';
import { cacheEngine } from '@nest-quintet/sessions/cache';
import { prismaEngine } from '@nest-quintet/sessions/prisma';
import { SignalsModule } from '@nest-quintet/signals';
import { AuthenticationMiddleware } from './accounts/authentication.middleware.js';
import { AccountsController } from './accounts/accounts.controller.js';
import { BookManager } from './books/book.manager.js';
import { BooksController } from './books/books.controller.js';
import { PublisherManager } from './books/publisher.manager.js';
import { CartController } from './cart/cart.controller.js';
import type { DatabaseConnection } from './database/connect.js';
import { PrismaClient } from './generated/prisma/client.js';
import { schema } from './generated/quintet/index.js';
import { type Engines, ENGINES, HealthController } from './health/health.controller.js';
import { HomeController } from './home/home.controller.js';
import { RequestIdMiddleware } from './http/request-id.middleware.js';
import { ResponseTimeMiddleware } from './http/response-time.middleware.js';
import { CustomerManager, OrderItemManager, OrderManager, OutboxManager } from './orders/order.managers.js';
import { OrderTotalsReceiver } from './orders/order-totals.receiver.js';
import { OrdersController } from './orders/orders.controller.js';
import { OrdersService } from './orders/orders.service.js';
import { OutboxReceiver } from './orders/outbox.receiver.js';
import type { Settings } from './settings/settings.js';
import { VisitsController } from './visits/visits.controller.js';

/** The whole shop: the five modules, then what it is made of. */
@Module({})
export class AppModule {
  static forRoot(
    { redisUrl, secretKeys }: Pick<Settings, 'redisUrl' | 'secretKeys'>,
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
        OrmModule.forRoot({ adapter, client: (adapter) => new PrismaClient({ adapter }), schema }),
        OrmModule.forFeature([
          BookManager,
          PublisherManager,
          CustomerManager,
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
        }),
        MiddlewareModule.forRoot({
          middleware: [
            RequestIdMiddleware,
            ResponseTimeMiddleware,
            SessionMiddleware,
            AuthenticationMiddleware,
          ],
        }),
      ],
      controllers: [
        HomeController,
        BooksController,
        CartController,
        OrdersController,
        AccountsController,
        VisitsController,
        HealthController,
      ],
      providers: [
        OrdersService,
        OrderTotalsReceiver,
        OutboxReceiver,
        { provide: ENGINES, useValue: engines },
      ],
    };
  }
}
