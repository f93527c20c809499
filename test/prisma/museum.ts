import { PrismaDatabase, QuerySet, type SchemaMetadata } from '@nest-quintet/orm';
import { applyMigrations } from '@nest-quintet/orm/migrations';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { fileURLToPath } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { DatabaseTemplate } from '../support/database-template.js';
import type { PostgresServer } from '../support/servers.js';
import { fillMuseum } from './fill-museum.js';
import { PrismaClient } from './generated/prisma/client.js';

// What is generated registers its models, and a program has one registration: it is loaded past the compiler.
const metadata: string = './generated/quintet/index.js';

/** A model of Prisma's client, whichever it is. */
export interface PrismaModel {
  findMany(args: object): Promise<Record<string, unknown>[]>;
  create(args: { data: object }): Promise<Record<string, unknown>>;
  createMany(args: { data: readonly object[] }): Promise<unknown>;
  deleteMany(): Promise<unknown>;
}

/** A QuerySet of models that no types are registered of. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type UntypedQuerySet = any;

/** A database with every type of column, and every kind of key and relation. */
export interface Museum {
  readonly database: PrismaDatabase;
  readonly prisma: PrismaClient;
  readonly schema: SchemaMetadata;
  /** Prisma's part for a model. */
  model(name: string): PrismaModel;
  /** Our part for a model. */
  of(name: string): UntypedQuerySet;
  close(): Promise<void>;
}

/** What the museum is made of: another seed, other rows. */
const template = new DatabaseTemplate({
  name: 'museum',
  sources: [
    'test/prisma/schema.prisma',
    'test/prisma/migrations',
    'test/prisma/fill-museum.ts',
    'test/prisma/values.ts',
    'node_modules/fast-check/package.json',
  ],
  async prepare(adapter) {
    await applyMigrations({
      adapter,
      directory: fileURLToPath(new URL('./migrations', import.meta.url)),
    });
    const museum = await connect(adapter);
    await fillMuseum(museum, 1);
    await museum.close();
  },
});

/** Opens a copy of the filled museum, in a PGlite or on a PostgreSQL server. */
export async function openMuseum(server?: PostgresServer): Promise<Museum> {
  if (server) return connect(new PrismaPg({ connectionString: await template.createOn(server) }));
  const pglite = await template.openPGlite();
  return connect(new PrismaPGlite(pglite), () => pglite.close());
}

async function connect(
  adapter: SqlMigrationAwareDriverAdapterFactory,
  close?: () => Promise<void>,
): Promise<Museum> {
  const { schema } = (await import(metadata)) as { schema: SchemaMetadata };
  const database = new PrismaDatabase('default', {
    adapter,
    client: (wrapped) => new PrismaClient({ adapter: wrapped }),
    schema,
  });
  await database.connect();
  const prisma = database.client as PrismaClient;
  return {
    database,
    prisma,
    schema,
    model: (name) => prisma[(name[0]!.toLowerCase() + name.slice(1)) as 'exhibit'] as unknown as PrismaModel,
    of: (name) =>
      new QuerySet(
        { database },
        {
          model: name,
          conditions: [],
          annotations: new Map(),
          selection: { kind: 'model', hidden: new Set() },
          prefetches: [],
        },
      ),
    async close() {
      await database.disconnect();
      await close?.();
    },
  };
}
