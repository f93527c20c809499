import 'reflect-metadata';
import { PGlite } from '@electric-sql/pglite';
import { InjectPrisma, Manager, ManagerFor, OrmModule } from '@nest-quintet/orm';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { PrismaClient } from './generated/prisma/client.js';
import { schema } from './generated/quintet/index.js';

const pglite = new PGlite();

@ManagerFor('Note')
@Injectable()
class NoteManager extends Manager<'Note'> {}

@Injectable()
class Tables {
  constructor(@InjectPrisma() private readonly prisma: PrismaClient) {}

  create(): Promise<number> {
    return this.prisma.$executeRaw`CREATE TABLE "Note" (id serial PRIMARY KEY, body text NOT NULL)`;
  }
}

@Module({
  imports: [
    OrmModule.forRoot({
      adapter: new PrismaPGlite(pglite),
      client: (adapter) => new PrismaClient({ adapter }),
      schema,
    }),
    OrmModule.forFeature([NoteManager]),
  ],
  providers: [Tables],
})
class AppModule {}

const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error'] });
await app.get(Tables).create();
const notes = app.get(NoteManager);
await notes.create({ body: 'hello' });
await notes.create({ body: 'bye' });
const found = await notes.filter({ body: { startsWith: 'h' } });
console.log(await notes.count(), found.map(({ body }) => body).join());
await app.close();
await pglite.close();
