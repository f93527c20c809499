import 'reflect-metadata';
import { Receiver, Signal, SignalsModule } from '@nest-quintet/signals';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

const noteTaken = new Signal<{ body: string }>('noteTaken');
const heard: string[] = [];

@Injectable()
class Secretary {
  @Receiver(noteTaken)
  write({ body }: { body: string }): void {
    heard.push(body);
  }
}

@Module({ imports: [SignalsModule.forRoot()], providers: [Secretary] })
class AppModule {}

const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error'] });
await noteTaken.send('Note', { body: 'hello' });
await app.close();
console.log(heard.join());
