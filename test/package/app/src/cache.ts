import 'reflect-metadata';
import { Cache, CacheModule, memoryCache } from '@nest-quintet/cache';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

@Module({ imports: [CacheModule.forRoot({ caches: { default: memoryCache() } })] })
class AppModule {}

const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error'] });
const cache = app.get(Cache);
await cache.set('greeting', 'hello', '1m');
console.log(await cache.get('greeting'));
await app.close();
