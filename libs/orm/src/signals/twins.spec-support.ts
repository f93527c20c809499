import { isDeepStrictEqual } from 'node:util';
import type { PGlite } from '@electric-sql/pglite';
import type { SignalEvent } from '@nest-quintet/signals';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { PrismaClient } from '../../../../apps/bookshop/src/generated/prisma/client.js';
import { schema } from '../../../../apps/bookshop/src/generated/quintet/index.js';
import { allSignals, openBookshop, startPGlite } from './bookshop.spec-support.js';
import { type Call, keysPerStep, type Step } from './programs.spec-support.js';
import { isMalformed } from './nested-data.js';
import { relationsOf } from './rows.js';

type Tables = Record<string, Map<string, string>>;

/** Two equal databases: one behind bare Prisma, one behind a client with receivers on every model. */
export interface Twins {
  reset(): Promise<void>;
  /** How the steps so far have ended. */
  readonly counts: Record<'succeeded' | 'failed' | 'failedOtherwise', number>;
  /** Runs a step on both; returns what differs. */
  run(step: Step): Promise<string[]>;
  close(): Promise<void>;
}

const joinTables = [
  ...new Map(
    Object.values(schema.models)
      .flatMap(relationsOf)
      .flatMap(({ through, relationName }) => (through ? [[through.table, relationName] as const] : [])),
  ),
];
const models = Object.values(schema.models).filter(({ name }) => name !== 'Session' && name !== 'CacheEntry');
const tables = models.map(({ table }) => table);

export const fixture = `
  TRUNCATE ${[...tables, ...joinTables.map(([table]) => `"${table}"`)].join(', ')} RESTART IDENTITY CASCADE;
  INSERT INTO shop_publisher (name, num_awards) VALUES ('P1', 1), ('P2', 2), ('P3', 3);
  INSERT INTO shop_author (name, age, email) VALUES ('A1', 1, 'e1'), ('A2', 2, 'e2'), ('A3', 3, NULL);
  INSERT INTO shop_book (isbn, name, pages, rating, price, pubdate, publisher_id, contact_id) VALUES
    ('isbn1', 'B1', 1, 1, 1, '2020-01-01', 1, 1), ('isbn2', 'B2', 2, 2, 2, '2020-01-02', 1, 2), ('isbn3', 'B3', 3, 3, 3, '2020-01-03', 2, NULL);
  INSERT INTO shop_store (name, original_opening) VALUES ('S1', '2020-01-01'), ('S2', '2020-01-01');
  INSERT INTO shop_customer (name) VALUES ('C1'), ('C2'), ('C3');
  INSERT INTO shop_customerprofile (customer_id, phone) VALUES (1, '1'), (2, '2');
  INSERT INTO shop_order (customer_id, total_price, discounted_price, placed_at) VALUES (1, 1, 1, '2020-01-01'), (1, 2, 2, '2020-01-01'), (2, 3, 3, '2020-01-01');
  INSERT INTO shop_orderitem (order_id, book_id, quantity, unit_price) VALUES (1, 1, 1, 1), (2, 1, 1, 1), (2, 2, 1, 1);
  INSERT INTO shop_employee (name, department, hired, manager_id) VALUES ('E1', 'd', '2020-01-01', NULL), ('E2', 'd', '2020-01-01', 1), ('E3', 'd', '2020-01-01', 1), ('E4', 'd', '2020-01-01', 2);
  INSERT INTO "_BookAuthors" ("A", "B") VALUES (1, 1), (2, 1), (2, 2);
  INSERT INTO "_BookStores" ("A", "B") VALUES (1, 1), (2, 1);
  INSERT INTO "_Friends" ("A", "B") VALUES (1, 2);
`;

/** Makes the keys of new rows those of a step: a statement that failed may have drawn some. */
const startKeysAt = (step: number) =>
  tables.map((table) => `SELECT setval('${table}_id_seq', ${step * keysPerStep + 1}, false);`).join('\n');

export async function openTwins(): Promise<Twins> {
  const bare = await startPGlite();
  const prisma = new PrismaClient({ adapter: new PrismaPGlite(bare) });
  const ours = await openBookshop({ bulkSignals: 'each' });
  const events: SignalEvent<Record<string, any>>[] = [];
  for (const signal of allSignals)
    ours.dispatcher.connect(signal, (event) => void events.push(event as never));
  const counts = { succeeded: 0, failed: 0, failedOtherwise: 0 };
  let steps = 0;
  const both = (sql: string) => Promise.all([bare.exec(sql), ours.pglite.exec(sql)]);
  return {
    counts,
    async reset() {
      steps = 0;
      await both(fixture);
    },
    async run(step) {
      await both(startKeysAt(++steps));
      const before = await read(ours.pglite);
      const versions = await readVersions(bare);
      events.length = 0;
      const expected = await attempt(prisma, step);
      const actual = await attempt(ours.prisma, step);
      const [bareTables, ourTables] = [await read(bare), await read(ours.pglite)];
      const problems: string[] = [];
      const isSame = isDeepStrictEqual(expected, actual);
      counts[isSame ? ('error' in actual ? 'failed' : 'succeeded') : 'failedOtherwise']++;
      if (!isSame && !mayFailOtherwise(step, expected, actual))
        problems.push(`answer: ${show(expected)} <> ${show(actual)}`);
      if (!isDeepStrictEqual(bareTables, ourTables))
        problems.push(`rows: ${differences(bareTables, ourTables).join('; ')}`);
      if (!('error' in actual)) {
        const changes = changesBetween(before, ourTables);
        const written = changesBetween(versions, await readVersions(bare));
        const heard = changesIn(events, before, ourTables);
        // A row that is written with the values that it has counts as changed or not.
        const unheard = changes.filter((change) => !heard.includes(change));
        const unfounded = heard.filter((change) => !changes.includes(change) && !written.includes(change));
        if (unheard.length + unfounded.length > 0)
          problems.push(`signals: nothing heard of ${show(unheard)}, and too much of ${show(unfounded)}`);
      }
      return problems;
    },
    async close() {
      await prisma.$disconnect();
      await ours[Symbol.asyncDispose]();
      if (!bare.closed) await bare.close();
    },
  };
}

async function attempt(client: PrismaClient, step: Step): Promise<object> {
  try {
    return { answer: canonical(JSON.parse(show(await run(client, step)))) };
  } catch (error) {
    const { code, name } = error as { code?: string; name: string };
    return { error: code ?? name };
  }
}

/**
 * Whether a step has several mistakes, of which Prisma may name another one.
 *
 * It refuses a list of calls before it makes the first, and when it comes to what is found or created is nobody's
 * business but its own; see docs/differences.md. Any other step must fail with the same code.
 */
function mayFailOtherwise({ transaction, calls }: Step, expected: object, actual: object): boolean {
  if (!('error' in expected && 'error' in actual)) return false;
  if (transaction === 'batch' && calls.some((call) => isMalformed(schema, call))) return true;
  return /"(connectOrCreate|upsert)"/.test(show(calls.map(({ args }) => args)));
}

async function run(client: PrismaClient, { transaction, calls }: Step): Promise<unknown[]> {
  if (transaction === 'batch') return client.$transaction(calls.map((call) => send(client, call)) as never);
  const inOrder = async (through: unknown) => {
    const answers: unknown[] = [];
    for (const call of calls) answers.push(await send(through, call));
    return answers;
  };
  return transaction === 'interactive' ? client.$transaction(inOrder) : inOrder(client);
}

function send(client: any, { model, action, args }: Call): PromiseLike<unknown> {
  return client[model.charAt(0).toLowerCase() + model.slice(1)][action](args);
}

/** Lists that were not asked to be ordered come in any order. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical).sort((a, b) => (show(a) < show(b) ? -1 : 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== 'createdAt')
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, one]) => [name, canonical(one)]),
  );
}

async function read(pglite: PGlite): Promise<Tables> {
  const found: Tables = {};
  for (const { name, table } of models) {
    const { rows } = await pglite.query<Record<string, unknown>>(`SELECT * FROM ${table} ORDER BY id`);
    found[name] = new Map(rows.map(({ created_at: _, ...row }) => [String(row.id), show(row)]));
  }
  for (const [table, relation] of joinTables) {
    const { rows } = await pglite.query<{ A: number; B: number }>(
      `SELECT "A", "B" FROM "${table}" ORDER BY 1, 2`,
    );
    found[relation] = new Map(rows.map(({ A, B }) => [`${A}-${B}`, '']));
  }
  return found;
}

/** Which version of each row there is: a new one whenever it was written, whatever was written. */
async function readVersions(pglite: PGlite): Promise<Tables> {
  const found: Tables = {};
  for (const { name, table } of models) {
    const { rows } = await pglite.query<Record<string, string>>(`SELECT id, xmin, ctid FROM ${table}`);
    found[name] = new Map(rows.map(({ id, xmin, ctid }) => [String(id), `${xmin} ${ctid}`]));
  }
  for (const [, relation] of joinTables) found[relation] = new Map();
  return found;
}

function changesBetween(before: Tables, after: Tables): string[] {
  const changes: string[] = [];
  for (const { name } of models) {
    for (const id of new Set([...before[name]!.keys(), ...after[name]!.keys()])) {
      const [old, now] = [before[name]!.get(id), after[name]!.get(id)];
      if (old === undefined) changes.push(`created ${name}#${id}`);
      else if (now === undefined) changes.push(`deleted ${name}#${id}`);
      else if (old !== now) changes.push(`changed ${name}#${id}`);
    }
  }
  for (const [table, relation] of joinTables) {
    for (const link of new Set([...before[relation]!.keys(), ...after[relation]!.keys()])) {
      if (!survives(table, link, after)) continue;
      if (!before[relation]!.has(link)) changes.push(`linked ${relation} ${link}`);
      else if (!after[relation]!.has(link)) changes.push(`unlinked ${relation} ${link}`);
    }
  }
  return changes.sort();
}

/** Links go silently with the rows that they link. */
function survives(table: string, link: string, after: Tables): boolean {
  const [a, b] = link.split('-') as [string, string];
  return Object.values(schema.models)
    .flatMap((model) => relationsOf(model).map((field) => ({ model, field })))
    .filter(({ field }) => field.through?.table === table)
    .every(({ model, field }) => after[model.name]!.has(field.through!.ownColumn === 'A' ? a : b));
}

/** What the signals say happened on the whole. */
function changesIn(
  events: readonly SignalEvent<Record<string, any>>[],
  before: Tables,
  after: Tables,
): string[] {
  const rows = new Map<string, string>();
  const links = new Map<string, boolean>();
  for (const { signal, sender, ...event } of events) {
    const row = `${String(sender)}#${event.instance?.id}`;
    if (signal.name === 'postSave')
      rows.set(row, event.created || rows.get(row) === 'created' ? 'created' : 'changed');
    if (signal.name === 'postDelete') {
      if (rows.get(row) === 'created') rows.delete(row);
      else rows.set(row, 'deleted');
    }
    if (signal.name !== 'm2mChanged') continue;
    const relation = String(sender);
    const own = String(event.instance.id);
    const link = (other: unknown) =>
      `${relation} ${event.reverse ? `${String(other)}-${own}` : `${own}-${String(other)}`}`;
    if (event.action === 'postAdd') for (const other of event.pkSet) links.set(link(other), true);
    if (event.action === 'postRemove') for (const other of event.pkSet) links.set(link(other), false);
    if (event.action === 'postClear') {
      const isOwn = (name: string) => name.split('-')[event.reverse ? 1 : 0] === own;
      for (const name of before[relation]!.keys()) if (isOwn(name)) links.set(`${relation} ${name}`, false);
      for (const name of links.keys()) {
        const [of, pair = ''] = name.split(' ');
        if (of === relation && isOwn(pair)) links.set(name, false);
      }
    }
  }
  const linked = [...links].flatMap(([name, isThere]) => {
    const [relation = '', pair = ''] = name.split(' ');
    const table = joinTables.find(([, one]) => one === relation)![0];
    if (!survives(table, pair, after) || before[relation]!.has(pair) === isThere) return [];
    return [`${isThere ? 'linked' : 'unlinked'} ${name}`];
  });
  return [...[...rows].map(([row, change]) => `${change} ${row}`), ...linked].sort();
}

function differences(left: Tables, right: Tables): string[] {
  return Object.keys(left).flatMap((name) =>
    [...new Set([...left[name]!.keys(), ...right[name]!.keys()])]
      .filter((id) => left[name]!.get(id) !== right[name]!.get(id))
      .map((id) => `${name}#${id} ${left[name]!.get(id)} <> ${right[name]!.get(id)}`),
  );
}

function show(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part));
}
