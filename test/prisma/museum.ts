import { PGlite } from '@electric-sql/pglite';
import { PrismaDatabase, QuerySet, type SchemaMetadata } from '@nest-quintet/orm';
import { applyMigrations } from '@nest-quintet/orm/migrations';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { fileURLToPath } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
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

/** Opens the empty museum, in a PGlite or on a PostgreSQL server. */
export async function openMuseum(url?: string): Promise<Museum> {
  const { schema } = (await import(metadata)) as { schema: SchemaMetadata };
  const pglite = url === undefined ? await PGlite.create() : undefined;
  const adapter: SqlMigrationAwareDriverAdapterFactory = pglite
    ? new PrismaPGlite(pglite)
    : new PrismaPg({ connectionString: url });
  await applyMigrations({ adapter, directory: fileURLToPath(new URL('./migrations', import.meta.url)) });
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
      await pglite?.close();
    },
  };
}
