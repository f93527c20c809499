import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get, Injectable, Module, SetMetadata } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { ImproperlyConfiguredError } from '@nest-quintet/core';
import { PrismaPg } from '@prisma/adapter-pg';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { PrismaClient } from '../../../apps/bookshop/src/generated/prisma/client.js';
import {
  Atomic,
  Database,
  Databases,
  getDatabaseToken,
  getPrismaToken,
  InjectDatabase,
  InjectPrisma,
  OrmModule,
  type DatabaseOptions,
} from './index.js';

@Injectable()
class PublisherService {
  constructor(
    readonly database: Database,
    @InjectPrisma() readonly prisma: PrismaClient,
  ) {}

  @Atomic()
  async addTwo(name: string, isFailing = false): Promise<boolean> {
    await this.prisma.publisher.create({ data: { name, numAwards: 0 } });
    if (isFailing) throw new Error('changed my mind');
    await this.prisma.publisher.create({ data: { name, numAwards: 1 } });
    return this.database.inAtomicBlock();
  }
}

@Injectable()
class ReplicaService {
  constructor(@InjectDatabase('replica') readonly replica: Database) {}

  @Atomic({ using: 'replica', durable: true })
  async isAtomic(): Promise<boolean> {
    return this.replica.inAtomicBlock();
  }
}

@Controller()
class MarkedController {
  @Get()
  @Atomic()
  @SetMetadata('mark', 'below')
  async read(): Promise<void> {}
}

@Module({ providers: [ReplicaService], exports: [ReplicaService] })
class FeatureModule {}

describe('OrmModule', () => {
  let shop: TestDatabase;
  let options: DatabaseOptions;
  beforeAll(async () => {
    shop = await createTestDatabase();
    options = {
      adapter: shop.adapter,
      client: (adapter) => new PrismaClient({ adapter }),
      schema: shop.schema,
    };
  });
  afterAll(() => shop.close());

  describe('forRoot()', () => {
    let app: TestingModule;
    beforeAll(async () => {
      app = await Test.createTestingModule({
        imports: [OrmModule.forRoot({ ...options, databases: { replica: options } }), FeatureModule],
        providers: [PublisherService],
        controllers: [MarkedController],
      }).compile();
    });
    afterAll(() => app.close());

    it('provides the default database by its type, and each by its alias', () => {
      expect(app.get(Database)).toMatchObject({ alias: 'default', dialect: 'postgres' });
      expect(app.get<Database>(getDatabaseToken('replica')).alias).toBe('replica');
      expect(app.get(getPrismaToken())).toBe(app.get(Database).client);
      expect(app.get(Databases).aliases).toEqual(['default', 'replica']);
      expect(() => app.get(Databases).get('backup')).toThrow(
        'Unknown database "backup". Choices are: default, replica.',
      );
    });

    it('runs @Atomic() methods in a transaction of the database that the class was made for', async () => {
      const service = app.get(PublisherService);
      expect(await service.addTwo('kept')).toBe(true);
      await expect(service.addTwo('lost', true)).rejects.toThrow('changed my mind');
      expect(await service.prisma.publisher.count({ where: { name: 'kept' } })).toBe(2);
      expect(await service.prisma.publisher.count({ where: { name: 'lost' } })).toBe(0);
      expect(await app.get(ReplicaService).isAtomic()).toBe(true);
    });

    it('leaves what other decorators said of an @Atomic() method', () => {
      expect(Reflect.getMetadata('mark', MarkedController.prototype.read)).toBe('below');
      expect(MarkedController.prototype.read.name).toBe('read');
    });

    it('says what is missing when an @Atomic() class is made by hand', async () => {
      const made = new PublisherService(app.get(Database), shop.prisma);
      await expect(made.addTwo('by hand')).rejects.toThrow(
        /^@Atomic\(\) on PublisherService\.addTwo has no database: let Nest make the instance/,
      );
    });
  });

  it('takes its options from a factory', async () => {
    const app = await Test.createTestingModule({
      imports: [
        OrmModule.forRootAsync({
          aliases: ['replica'],
          useFactory: async () => ({ ...options, databases: { replica: options } }),
        }),
      ],
    }).compile();
    expect(app.get<Database>(getDatabaseToken('replica')).alias).toBe('replica');
    await app.close();
  });

  it('keeps two applications of one process apart', async () => {
    const make = () =>
      Test.createTestingModule({
        imports: [OrmModule.forRoot(options)],
        providers: [PublisherService],
      }).compile();
    const [one, other] = await Promise.all([make(), make()]);
    await one.get(Database).atomic(async () => {
      expect(one.get(Database).inAtomicBlock()).toBe(true);
      expect(other.get(Database).inAtomicBlock()).toBe(false);
    });
    await Promise.all([one.close(), other.close()]);
  });

  it('disconnects when the transactions under way have ended', async () => {
    const app = await Test.createTestingModule({ imports: [OrmModule.forRoot(options)] }).compile();
    const database = app.get(Database);
    let finish = () => {};
    const started = new Promise<void>((begun) => {
      void database.atomic(async () => {
        begun();
        await new Promise<void>((resolve) => (finish = resolve));
        await database.execute(`UPDATE shop_store SET name = 'last words' WHERE id = 1`, []);
      });
    });
    await started;
    const closed = app.close();
    finish();
    await closed;
    expect(await shop.prisma.store.findUniqueOrThrow({ where: { id: 1 } })).toMatchObject({
      name: 'last words',
    });
  });

  it('rolls a transaction back that holds up the end', async () => {
    const app = await Test.createTestingModule({ imports: [OrmModule.forRoot(options)] }).compile();
    const database = app.get(Database);
    const begun = new Promise<void>((resolve) => {
      void database.atomic(async () => {
        await database.execute(`UPDATE shop_store SET name = 'never' WHERE id = 2`, []);
        resolve();
        await new Promise(() => {});
      });
    });
    await begun;
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'performance'] });
    const closed = app.close();
    await jest.advanceTimersByTimeAsync(10_000);
    jest.useRealTimers();
    await closed;
    expect(await shop.prisma.store.count({ where: { name: 'never' } })).toBe(0);
  });

  describe('refuses at start-up, in one sentence,', () => {
    const start = (wrong: Partial<DatabaseOptions>) =>
      Test.createTestingModule({ imports: [OrmModule.forRoot({ ...options, ...wrong })] }).compile();

    it.each<[string, Partial<DatabaseOptions>, RegExp]>([
      [
        'a missing schema',
        { schema: undefined },
        /^OrmModule: the database "default" has no `schema`; give it one\.$/,
      ],
      [
        'a server that does not answer',
        { adapter: new PrismaPg({ connectionString: 'postgresql://nobody@127.0.0.1:1/shop' }) },
        /^Database "default" cannot be reached: nothing answers at 127\.0\.0\.1:1; check the address that its adapter was given\.$/,
      ],
      [
        'a malformed address',
        { adapter: new PrismaPg({ connectionString: 'postgresql://[' }) },
        /^Database "default" cannot be reached: Invalid URL; check the address/,
      ],
      [
        'a client that is none',
        { client: () => ({}) as never },
        /^OrmModule: `client` must return a PrismaClient of Prisma 7; check that it does/,
      ],
      [
        'a timeout that is none',
        { transactions: { timeout: 'soon' } },
        /^transactions\.timeout: "soon" is no duration/,
      ],
      [
        'a database that is not supported',
        {
          adapter: {
            provider: 'sqlserver',
            adapterName: 'mssql',
            connect: () => Promise.reject(new Error()),
          },
        },
        /^Database "default": the driver adapter speaks "sqlserver"/,
      ],
    ])('%s', async (_, wrong, message) => {
      const attempt = start(wrong);
      await expect(attempt).rejects.toThrow(ImproperlyConfiguredError);
      await expect(attempt).rejects.toThrow(message);
    });
  });
});
