import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { type Signal, SignalDispatcher, type SignalEvent } from '@nest-quintet/signals';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { PrismaClient } from '../../../../apps/bookshop/src/generated/prisma/client.js';
import { schema } from '../../../../apps/bookshop/src/generated/quintet/index.js';
import { PrismaDatabase } from '../database/prisma-database.js';
import { applyMigrations } from '../migrations/index.js';
import { m2mChanged, postBulkWrite, postDelete, postSave, preDelete, preSave } from './model-signals.js';
import { type ModelSignalsOptions, withModelSignals } from './with-model-signals.js';

export const migrations = fileURLToPath(new URL('../../../../prisma/migrations', import.meta.url));
let snapshot: Promise<Blob | File> | undefined;

/** Starts an empty bookshop in memory; the migrations run once per test file. */
export async function startPGlite(): Promise<PGlite> {
  snapshot ??= (async () => {
    const first = await PGlite.create();
    const adapter = new PrismaPGlite(first);
    // The adapter closes what it was given, and this one is still to be dumped.
    const close = first.close.bind(first);
    first.close = async () => {};
    await applyMigrations({ adapter, directory: migrations });
    const dump = await first.dumpDataDir('none');
    await close();
    return dump;
  })();
  return PGlite.create({ loadDataDir: await snapshot });
}

export interface Bookshop extends AsyncDisposable {
  readonly prisma: PrismaClient;
  readonly database: PrismaDatabase;
  readonly dispatcher: SignalDispatcher;
  readonly pglite: PGlite;
}

/** Opens a bookshop whose client sends model signals. */
export async function openBookshop(
  options: Pick<ModelSignalsOptions, 'bulkSignals'> = {},
): Promise<Bookshop> {
  const pglite = await startPGlite();
  const dispatcher = new SignalDispatcher();
  const database = new PrismaDatabase('default', {
    adapter: new PrismaPGlite(pglite),
    client: (adapter) => new PrismaClient({ adapter }),
    schema,
    extensions: [
      (client, opened) => withModelSignals(client, { schema, database: opened, dispatcher, ...options }),
    ],
  });
  dispatcher.useTransactions(database);
  await database.connect();
  return {
    prisma: database.client as unknown as PrismaClient,
    database,
    dispatcher,
    pglite,
    async [Symbol.asyncDispose]() {
      await database.disconnect();
      if (!pglite.closed) await pglite.close();
    },
  };
}

export const allSignals: readonly Signal<any, any>[] = [
  preSave,
  postSave,
  preDelete,
  postDelete,
  m2mChanged,
  postBulkWrite,
];

type Sent = SignalEvent<Record<string, any>>;

/** Writes down what is sent, such as `postSave Book#1 created`. */
export function record(dispatcher: SignalDispatcher): string[] {
  const log: string[] = [];
  dispatcher.observe((event) => log.push(describeEvent(event as Sent)));
  return log;
}

function describeEvent({ signal, sender, ...event }: Sent): string {
  if (signal.name === 'm2mChanged') {
    const keys = event.pkSet === null ? 'all' : [...event.pkSet].join(',');
    return `${event.action} ${String(sender)} ${event.reverse ? 'reverse ' : ''}#${event.instance.id} [${keys}]`;
  }
  if (signal.name === 'postBulkWrite') return `${event.operation} ${String(sender)} ${event.count}`;
  const notes = [event.created && 'created', event.updateFields?.join(',')].filter(Boolean).join(' ');
  return `${signal.name} ${String(sender)}#${event.instance.id ?? '?'}${notes && ` ${notes}`}`;
}
