import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Header, Module, Post, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConditionalGetMiddleware, MiddlewareModule } from '@nest-quintet/middleware';
import supertest from 'supertest';
import { Cache, CacheModule, CacheSiteMiddleware } from '../index.js';

@Controller()
class Site {
  runs = 0;

  @Get('page')
  page() {
    return { run: ++this.runs };
  }

  @Get('private')
  @Header('Cache-Control', 'private')
  private() {
    return { run: ++this.runs };
  }

  @Get('short')
  @Header('Cache-Control', 'max-age=5')
  short() {
    return { run: ++this.runs };
  }

  @Post('page')
  change() {
    return { run: ++this.runs };
  }
}

@Module({
  imports: [
    CacheModule.forRoot(),
    MiddlewareModule.forRoot({
      middleware: [
        ConditionalGetMiddleware,
        { use: CacheSiteMiddleware, options: { tags: ['site'], vary: ['X-Device'] } },
      ],
    }),
  ],
  controllers: [Site],
})
class App {}

describe('CacheSiteMiddleware', () => {
  let app: INestApplication;
  let http: ReturnType<typeof supertest>;

  beforeEach(async () => {
    app = await NestFactory.create(App, { logger: false, abortOnError: false });
    await app.listen(0, '127.0.0.1');
    http = supertest(app.getHttpServer());
  });

  afterEach(() => app.close());

  it('keeps every page, for its own max-age or ten minutes', async () => {
    await http.get('/page').expect('X-Cache', 'MISS').expect('Cache-Control', 'max-age=600');
    await http.get('/page').expect('X-Cache', 'HIT').expect({ run: 1 });
    await http.get('/short').expect('Cache-Control', 'max-age=5');
    await http.get('/short').expect('X-Cache', 'HIT').expect({ run: 2 });
  });

  it('keeps neither what is private, nor what is missing, nor what is posted', async () => {
    await http.get('/private').expect({ run: 1 });
    await http.get('/private').expect('X-Cache', 'MISS').expect({ run: 2 });
    await http.get('/nowhere').expect(404);
    await http.get('/nowhere').expect(404).expect('X-Cache', 'MISS');
    await http.post('/page').expect('X-Cache', 'BYPASS').expect({ run: 3 });
  });

  it('takes the options of a page', async () => {
    await http.get('/page').set('X-Device', 'm').expect('Vary', 'X-Device').expect({ run: 1 });
    await http.get('/page').set('X-Device', 'd').expect({ run: 2 });
    await app.get(Cache).invalidateTags('site');
    await http.get('/page').set('X-Device', 'm').expect('X-Cache', 'MISS').expect({ run: 3 });
  });

  it('lets what stands outside of it see a kept page as any other', async () => {
    const { headers } = await http.get('/page');
    await http.get('/page').set('If-None-Match', headers['etag']!).expect(304);
    expect(app.get(Site).runs).toBe(1);
  });
});
