import type { SchemaMetadata } from '@nest-quintet/orm';
import { applyMigrations } from '@nest-quintet/orm/migrations';
import { PGlite } from '@electric-sql/pglite';
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { fileURLToPath } from 'node:url';
import { compare } from '../compare.js';
import type { CaseRunner, Evaluator, EvaluatorOptions, Outcome, RecordedCase } from '../evaluator.js';
import { type Statement } from '../python/syntax.js';
import { loadFixture } from './fixture.js';
import { SignalCase } from './signal-case.js';
import { openSite } from './site.js';

export interface RecordedSignalCase extends RecordedCase {
  readonly given: string;
  readonly steps: readonly { readonly call_ast: readonly Statement[] }[];
  readonly observed: readonly object[];
}

const migrations = fileURLToPath(new URL('./migrations', import.meta.url));
// Its types would register these models for the whole program, which has the bookshop's.
const metadata: string = './generated/quintet/index.js';

/** Runs the recorded signal cases in an application with their own models. */
export const signalsEvaluator: Evaluator = { area: 'signals', open };

async function open({ database, databaseUrl }: EvaluatorOptions): Promise<CaseRunner> {
  if (database === 'sqlite') throw new Error('The models of the signal cases are for PostgreSQL.');
  const { schema } = (await import(metadata)) as { schema: SchemaMetadata };
  const pglite = databaseUrl === undefined ? await PGlite.create() : undefined;
  const adapter = pglite ? new PrismaPGlite(pglite) : new PrismaPg({ connectionString: databaseUrl });
  const close = pglite && keepOpen(pglite);
  await applyMigrations({ adapter, directory: migrations });
  const site = await openSite(adapter, schema);
  return {
    async run(recorded): Promise<Outcome> {
      const { given, steps, observed } = recorded as RecordedSignalCase;
      await loadFixture(site.database);
      site.dispatcher.disconnectAll();
      const running = new SignalCase(site, given);
      const actual: object[] = [];
      for (const { call_ast: statements } of steps) actual.push(await running.step(statements));
      return compare(observed, actual);
    },
    async close() {
      await site.close();
      await close?.();
    },
  };
}

/** The adapter closes the database that it was given after every use; returns what really closes it. */
function keepOpen(pglite: PGlite): () => Promise<void> {
  const close = pglite.close.bind(pglite);
  pglite.close = () => Promise.resolve();
  return close;
}
