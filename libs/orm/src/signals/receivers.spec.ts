import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Inject, Injectable, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { OnEvent } from '@nestjs/event-emitter';
import type { PGlite } from '@electric-sql/pglite';
import { captureSignals, Receiver, type SignalEvent } from '@nest-quintet/signals';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { PrismaClient } from '../../../../apps/bookshop/src/generated/prisma/client.js';
import { schema } from '../../../../apps/bookshop/src/generated/quintet/index.js';
import { Database } from '../database/database.js';
import { OrmModule } from '../orm.module.js';
import { startPGlite } from './bookshop.spec-support.js';
import { connectionCreated, type ConnectionCreatedPayload } from './database-signals.js';
import { postSave, type PostSave } from './model-signals.js';

type ConnectionCreated = SignalEvent<ConnectionCreatedPayload, string>;

@Injectable()
class Welcome {
  readonly log: string[] = [];

  constructor(@Inject(Database) private readonly database: Database) {}

  @Receiver(connectionCreated)
  async connected({ using, database }: ConnectionCreated): Promise<void> {
    const { rows } = await database.query('SELECT 1', []);
    this.log.push(`connected to ${using}, which answers ${String(rows[0]?.[0])}`);
  }

  @Receiver(postSave, { sender: 'Author' })
  saved({ instance, created }: PostSave<'Author'>): void {
    this.log.push(`${created ? 'new' : 'old'} ${instance.name}`);
  }

  @Receiver(postSave, { sender: 'Author', on: 'commit' })
  committed({ instance }: PostSave<'Author'>): void {
    this.log.push(`committed ${instance.name}`);
  }

  @OnEvent('postSave.Author')
  async heard({ sender, instance }: PostSave<'Author'>): Promise<void> {
    this.log.push(`heard of ${sender}`);
    if (instance.name !== 'Trouble') return;
    await this.database.execute("INSERT INTO shop_author (name, age) VALUES ('left behind', 1)", []);
    await this.database.execute('SELECT 1 / 0', []);
  }
}

let app: INestApplicationContext;
let prisma: PrismaClient;
let pglite: PGlite;

beforeAll(async () => {
  pglite = await startPGlite();
  const adapter = new PrismaPGlite(pglite);
  @Module({
    imports: [
      OrmModule.forRoot({ adapter, client: (wrapped) => new PrismaClient({ adapter: wrapped }), schema }),
    ],
    providers: [Welcome],
  })
  class AppModule {}
  app = await NestFactory.createApplicationContext(AppModule, { logger: false });
  prisma = app.get(Database).client as PrismaClient;
}, 60_000);
afterAll(async () => {
  await app.close();
  if (!pglite.closed) await pglite.close();
});

const logged = () => app.get(Welcome).log.splice(0);

describe('OrmModule', () => {
  it('says that it is connected when the receivers are', () => {
    expect(logged()).toEqual(['connected to default, which answers 1']);
  });

  it('takes back what an @OnEvent() listener did that fails, and goes on with the transaction', async () => {
    await app.get(Database).atomic(async () => {
      await prisma.author.create({ data: { name: 'Trouble', age: 1 } });
      await prisma.author.create({ data: { name: 'Afterwards', age: 1 } });
    });
    logged();
    const authors = await prisma.author.findMany({ orderBy: { id: 'asc' } });
    expect(authors.map(({ name }) => name)).toEqual(['Trouble', 'Afterwards']);
  });

  it('sends model signals to the receivers of its application', async () => {
    await prisma.author.create({ data: { name: 'Ada', age: 36 } });
    expect(logged()).toEqual(['new Ada', 'heard of Author', 'committed Ada']);
  });

  it("calls on: 'commit' receivers after the outermost transaction, and never after a rollback", async () => {
    const database = app.get(Database);
    await database.atomic(async () => {
      await prisma.author.create({ data: { name: 'Bo', age: 1 } });
      app.get(Welcome).log.push('end of the block');
    });
    expect(logged()).toEqual(['new Bo', 'heard of Author', 'end of the block', 'committed Bo']);
    const failed = database.atomic(async () => {
      await prisma.author.create({ data: { name: 'Cy', age: 1 } });
      throw new Error('never mind');
    });
    await expect(failed).rejects.toThrow('never mind');
    expect(logged()).toEqual(['new Cy', 'heard of Author']);
  });

  it('sends them in transactions that the code opens by Prisma itself', async () => {
    await prisma.$transaction(async (tx) => {
      await tx.author.create({ data: { name: 'Di', age: 1 } });
      app.get(Welcome).log.push('end of the callback');
    });
    await prisma.$transaction([prisma.author.create({ data: { name: 'Ed', age: 1 } })]);
    expect(logged()).toEqual([
      'new Di',
      'heard of Author',
      'end of the callback',
      'committed Di',
      'new Ed',
      'heard of Author',
      'committed Ed',
    ]);
  });

  it('lets captureSignals() list them', async () => {
    const events = captureSignals(app);
    await prisma.publisher.create({ data: { name: 'P', numAwards: 1 } });
    events[Symbol.dispose]();
    expect(events.map(({ signal, sender }) => `${signal.name} ${String(sender)}`)).toEqual([
      'preSave Publisher',
      'postSave Publisher',
    ]);
  });
});
