import type { SignalDispatcher } from '@nest-quintet/signals';
import type { ClientExtension } from '../database/database-options.js';
import { PrismaClientValidationError } from '@prisma/client/runtime/client';
import type { SchemaMetadata } from '../metadata/schema.js';
import { isOnlyChecked } from '../transactions/in-order.js';
import { Audience } from './audience.js';
import { sendingRawWrites, type SignalDatabase, useSender } from './bulk-writes.js';
import { ModelWrites, RowAppeared } from './model-writes.js';
import { isMalformed } from './nested-data.js';
import { type Execute, type ModelCall, PrismaCalls } from './prisma-calls.js';
import { aboutCall } from './prisma-errors.js';
import { RowWriter } from './row-writer.js';
import { Rows } from './rows.js';
import { SignalSender } from './signal-sender.js';
import { WritePolicy } from './write-policy.js';
import type { BulkSignals } from './write-options.js';

export interface ModelSignalsOptions {
  readonly schema: SchemaMetadata;
  readonly database: SignalDatabase;
  readonly dispatcher: SignalDispatcher;
  /** Whether operations on many rows send the signals of each; for all models or by model. Default `'none'`. */
  readonly bulkSignals?: BulkSignals | Readonly<Record<string, BulkSignals>>;
}

/**
 * Makes a client send model signals for everything that is written through it.
 *
 * A call that no receiver can hear of goes to Prisma untouched. Any other runs in a transaction, or in a savepoint of the
 * current one, so that a receiver that throws takes the whole call back.
 */
export function withModelSignals<Client extends object>(
  client: Client,
  options: ModelSignalsOptions,
): Client {
  const { schema, database, dispatcher, bulkSignals } = options;
  const calls = new PrismaCalls(client);
  const policy = new WritePolicy(bulkSignals);
  const sender = new SignalSender({ dispatcher, using: database.alias, client: client });
  const audience = new Audience(schema, sender, policy);
  const writes = new ModelWrites(new RowWriter(new Rows(calls, schema), sender, policy));
  useSender(database, sender);
  calls.handle((call, execute) => {
    if (isOnlyChecked(call.transaction)) return execute();
    if (call.action === 'executeRaw' || call.action === 'queryRaw') {
      return sendingRawWrites(database, schema, call.action, execute);
    }
    if (!writingActions.has(call.action) || !audience.listensTo(call as ModelCall)) return execute();
    return write(call as ModelCall, execute);
  });
  return client;

  async function write(call: ModelCall, execute: Execute): Promise<unknown> {
    if (isMalformed(schema, call)) await expectRefusal(database, execute);
    try {
      return await runOnceMoreIfRaced(call, () => database.atomic(() => writes.run(call, execute)));
    } catch (error) {
      if (error instanceof PrismaClientValidationError) await expectRefusal(database, execute);
      throw aboutCall(error, call);
    }
  }

  /** Two upserts may find at the same time that there is no row; the one that comes too late updates it. */
  async function runOnceMoreIfRaced(call: ModelCall, run: () => Promise<unknown>): Promise<unknown> {
    for (let isFirst = true; ; isFirst = false) {
      try {
        return await run();
      } catch (error) {
        if (!(error instanceof RowAppeared)) throw error;
        if (!isFirst || !(await writes.isThere(call))) throw error.cause;
      }
    }
  }
}

/** Lets Prisma say what is wrong with a call; if nothing is, the call has left nothing behind. */
async function expectRefusal(database: SignalDatabase, execute: Execute): Promise<void> {
  await database.atomic(async () => {
    await execute();
    database.setRollback();
  });
}

/** Makes the extension of a database's client that sends its model signals. */
export function modelSignals(
  dispatcher: SignalDispatcher,
  { bulkSignals }: Pick<ModelSignalsOptions, 'bulkSignals'> = {},
): ClientExtension {
  return (client, database) =>
    withModelSignals(client, { schema: database.schema, database, dispatcher, bulkSignals });
}

const writingActions: ReadonlySet<string> = new Set([
  'create',
  'createMany',
  'createManyAndReturn',
  'update',
  'updateMany',
  'updateManyAndReturn',
  'upsert',
  'delete',
  'deleteMany',
]);
