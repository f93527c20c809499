import 'reflect-metadata';
import { MiddlewareModule } from '@nest-quintet/middleware';
import { memoryEngine, Session, SessionMiddleware, SessionsModule } from '@nest-quintet/sessions';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

@Controller()
class Visits {
  @Get()
  visit(@Session() session: Session): string {
    const visits = session.get('visits', 0) + 1;
    session.set('visits', visits);
    return String(visits);
  }
}

@Module({
  imports: [
    SessionsModule.forRoot({ engine: memoryEngine() }),
    MiddlewareModule.forRoot({ middleware: [SessionMiddleware] }),
  ],
  controllers: [Visits],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error'] });
await app.listen(0, '127.0.0.1');
const url = await app.getUrl();
const first = await fetch(url);
const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
const second = await fetch(url, { headers: { cookie } });
console.log(await first.text(), await second.text());
await app.close();
