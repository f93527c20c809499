import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MiddlewareModule } from '@nest-quintet/middleware';
import { setTimeout as wait } from 'node:timers/promises';
import { Cache, CacheModule, CachePage, memoryCache, tieredCache } from '../index.js';
import { redisCache } from '../redis/index.js';

// One of several processes that are asked for the same pages at the same time.
const { REDIS_URL = '', NAMESPACE = '' } = process.env;

@Controller()
class Pages {
  constructor(private readonly cache: Cache) {}

  @Get('page')
  @CachePage('1h', { vary: ['X-Device'], tags: ['page'] })
  page() {
    return this.#make('page');
  }

  @Get('tiered')
  @CachePage('1h', { cache: 'tiered', tags: ['page'] })
  tiered() {
    return this.#make('tiered');
  }

  @Get('expiring')
  @CachePage(1, { grace: '1h' })
  expiring() {
    return this.#make('expiring');
  }

  @Get('private')
  @CachePage(0)
  private() {
    return this.#make('private');
  }

  @Get('fatal')
  @CachePage('1h')
  async fatal() {
    const run = await this.#make('fatal');
    if (run === 'fatal 1') process.exit();
    return run;
  }

  async #make(name: string): Promise<string> {
    const run = await this.cache.incr(`runs:${name}`);
    await wait(150);
    return `${name} ${run}`;
  }
}

const redis = redisCache({ url: REDIS_URL, namespace: NAMESPACE, operationTimeout: '10s' });

@Module({
  imports: [
    CacheModule.forRoot({
      caches: { default: redis, tiered: tieredCache({ l1: memoryCache(), l2: redis }) },
    }),
    MiddlewareModule.forRoot(),
  ],
  controllers: [Pages],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: false });
await app.listen(0, '127.0.0.1');
process.stdout.write(`${await app.getUrl()}\n`);
process.stdin.resume().once('end', () => process.exit());
