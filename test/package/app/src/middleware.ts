import 'reflect-metadata';
import {
  type HttpRequest,
  type Middleware,
  MiddlewareModule,
  type NextResponse,
} from '@nest-quintet/middleware';
import { Controller, Get, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

@Injectable()
class Greeting implements Middleware {
  async handle(_request: HttpRequest, next: NextResponse) {
    const response = await next();
    response.headers.set('X-Greeting', 'hello');
    return response;
  }
}

@Controller()
class Home {
  @Get()
  index(): string {
    return 'home';
  }
}

@Module({ imports: [MiddlewareModule.forRoot({ middleware: [Greeting] })], controllers: [Home] })
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error'] });
await app.listen(0, '127.0.0.1');
const response = await fetch(await app.getUrl());
console.log(response.headers.get('x-greeting'), await response.text());
await app.close();
