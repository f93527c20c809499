import { isDeepStrictEqual } from 'node:util';
import type { PGlite } from '@electric-sql/pglite';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { PrismaClient } from '../../../../apps/bookshop/src/generated/prisma/client.js';
import { openBookshop, startPGlite } from './bookshop.spec-support.js';
import { comparable, type Heard, hearEverything } from './heard.spec-support.js';
import { postBulkWrite } from './model-signals.js';
import { type Call, keysPerStep, type Step } from './programs.spec-support.js';
import type { StoredRow } from './rows.js';
import { isIdle, joinTables, shopModels, surplus, takeWrites, watchWrites } from './writes.spec-support.js';

/** Relation or model → its links or rows. */
type Tables = Record<string, Map<string, string>>;

/** Two equal databases: one behind bare Prisma, one behind a client with receivers on every model. */
export interface Twins {
  reset(): Promise<void>;
  /** How the steps so far have ended, of those that failed how many with another code, and how many rows and links their signals told of. */
  readonly counts: Record<'succeeded' | 'failed' | 'failedOtherwise' | 'told', number>;
  /** Runs a step on both; returns what differs. */
  run(step: Step): Promise<string[]>;
  close(): Promise<void>;
}

const tables = shopModels.map(({ table }) => table);

export const fixture = `
  TRUNCATE ${[...tables, ...joinTables.keys()].map((table) => `"${table}"`).join(', ')} RESTART IDENTITY CASCADE;
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
  await watchWrites(bare);
  await watchWrites(ours.pglite);
  const heard = hearEverything(ours.dispatcher);
  ours.dispatcher.connect(postBulkWrite, () => {});
  const counts = { succeeded: 0, failed: 0, failedOtherwise: 0, told: 0 };
  let steps = 0;
  const both = (sql: string) => Promise.all([bare.exec(sql), ours.pglite.exec(sql)]);
  return {
    counts,
    async reset() {
      steps = 0;
      await both(fixture);
    },
    async run(step) {
      await both(`${startKeysAt(++steps)} TRUNCATE written`);
      const before = await read(ours.pglite);
      heard.reset(linksOf(before));
      const expected = await attempt(prisma, step);
      const actual = await attempt(ours.prisma, step);
      const [bareTables, after] = [await read(bare), await read(ours.pglite)];
      const problems: string[] = [];
      if (!isDeepStrictEqual(expected, actual)) {
        if (namesAnotherMistake(step, expected, actual)) counts.failedOtherwise++;
        else problems.push(`answer: ${show(expected)} <> ${show(actual)}`);
      }
      if (!isDeepStrictEqual(bareTables, after))
        problems.push(`rows: ${differences(bareTables, after).join('; ')}`);
      counts['error' in actual ? 'failed' : 'succeeded']++;
      if ('error' in actual) return problems;
      counts.told += heard.writes.length;
      const [wanted, written] = [await takeWrites(bare), await takeWrites(ours.pglite)];
      return [
        ...problems,
        ...compareWrites(wanted, written, heard),
        ...(await compareRows(ours.prisma, before, after, heard)),
      ];
    },
    async close() {
      await prisma.$disconnect();
      await ours[Symbol.asyncDispose]();
      if (!bare.closed) await bare.close();
    },
  };
}

/**
 * Compares what the signals tell with what both databases have seen, each row and link as often as it was written.
 *
 * Whatever was written on our side is told once, and nothing else is. No row is written that Prisma does not write, nor
 * more often, and a row is written less often only where Prisma takes several statements for what one can do. The one
 * thing left open is a row that is written with the values that it has: as in Django's `save()`, each such write sends a
 * `postSave`, and it may be Prisma's alone or ours.
 */
function compareWrites(wanted: readonly string[], written: readonly string[], heard: Heard): string[] {
  const announced = written
    .filter((write) => /^(changed|rewrote|deleted)/.test(write))
    .map((write) => write.replace(/^(changed|rewrote)/, 'saving').replace(/^deleted/, 'deleting'))
    .map((write) => write.replace(/ to #.*/, ''));
  const isEffective = (write: string) => !isIdle(write);
  return [
    ...said('nothing heard of', surplus(written, heard.writes)),
    ...said('too much heard of', surplus(heard.writes, written)),
    ...said('not announced', surplus(announced, heard.announced)),
    ...said('announced in vain', surplus(heard.announced, announced)),
    ...said(
      'Prisma alone has',
      surplus(wanted, written).filter((write) => isEffective(write) && !isOneOfSeveral(write, wanted)),
    ),
    ...said('we alone have', surplus(written, wanted).filter(isEffective)),
  ];
}

/** Whether the row or link of a write was written again. */
function isOneOfSeveral(write: string, writes: readonly string[]): boolean {
  const targetOf = (one: string) => one.replace(/^\w+ | to #.*/g, '');
  return writes.filter((other) => !isIdle(other) && targetOf(other) === targetOf(write)).length > 1;
}

const said = (what: string, writes: readonly string[]): string[] =>
  writes.length > 0 ? [`signals: ${what} ${writes.join(', ')}`] : [];

/** Compares the two states of the database, row by row, with what the last signal of each row told. */
async function compareRows(
  prisma: PrismaClient,
  before: Tables,
  after: Tables,
  heard: Heard,
): Promise<string[]> {
  const problems: string[] = [];
  for (const { name } of shopModels) {
    for (const id of new Set([...before[name]!.keys(), ...after[name]!.keys()])) {
      const isHeard = heard.rows.has(`${name}#${id}`);
      if (!isHeard && before[name]!.get(id) !== after[name]!.get(id))
        problems.push(`state: ${name}#${id} is another one, unheard of`);
    }
    const told = [...heard.rows].filter(([row]) => row.startsWith(`${name}#`));
    if (told.length === 0) continue;
    const stored = new Map<string, StoredRow>();
    for (const row of await delegateOf(prisma, name).findMany()) stored.set(`${name}#${row.id}`, row);
    for (const [row, last] of told) {
      const is = stored.get(row) ?? null;
      const isSame = isDeepStrictEqual(last && comparable(last), is && comparable(is));
      if (!isSame) problems.push(`state: ${row} is ${show(is)}, and the signals say ${show(last)}`);
    }
  }
  return problems;
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
 * Whether both sides failed, by different ones of several mistakes whose order is Prisma's own; see
 * docs/differences.md. There are two such steps: a list that creates a row which finds or creates others, beside other
 * operations on that list; and a new row that takes over another one to one, beside rows that it connects to.
 *
 * What Prisma refuses before it begins is never one of them.
 */
function namesAnotherMistake({ calls }: Step, expected: object, actual: object): boolean {
  const [theirs, ours] = [expected, actual].map((one) => ('error' in one ? String(one.error) : ''));
  if (!theirs!.startsWith('P2') || !ours!.startsWith('P2')) return false;
  return calls.some(({ args }) => has(args, (one) => createsAndMore(one) || takesOverAndConnects(one)));
}

const createsAndMore = ({ create, ...others }: Record<string, unknown>): boolean =>
  create !== undefined &&
  ['update', 'delete'].some((operation) => others[operation] !== undefined) &&
  /"(connectOrCreate|upsert)":/.test(show(create));

const takesOverAndConnects = ({ profile, orders }: Record<string, unknown>): boolean =>
  /"connect":/.test(show(profile ?? null)) && /"connect":/.test(show(orders ?? null));

/** Whether a part of a value passes a test. */
function has(value: unknown, test: (part: Record<string, unknown>) => boolean): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return test(value as Record<string, unknown>) || Object.values(value).some((part) => has(part, test));
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
  return delegateOf(client, model)[action](args);
}

const delegateOf = (client: any, model: string): any =>
  client[model.charAt(0).toLowerCase() + model.slice(1)];

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
  for (const { name, table } of shopModels) {
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

const linksOf = (tables: Tables): Map<string, Set<string>> =>
  new Map([...joinTables.values()].map((relation) => [relation, new Set(tables[relation]!.keys())]));

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
