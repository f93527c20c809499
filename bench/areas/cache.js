import { httpContender } from '../lib/http-contender.js';
import { openOrmDatabase } from '../lib/orm-database.js';

const server = (/** @type {string} */ name) => new URL(`../servers/${name}.js`, import.meta.url);

/**
 * Makes sure that every answer came from the cache: the handler ran once, for the first request.
 *
 * @param {string} origin
 */
async function expectHits(origin) {
  /** @type {number[]} */
  const runs = JSON.parse(await (await fetch(`${origin}/runs`)).text());
  if (runs.some((count) => count > 1)) throw new Error(`The handlers ran ${runs.join(' and ')} times.`);
}

/** @type {[size: string, path: string, goal: number][]} */
const pages = [
  ['1 KB', '/small', 1.3],
  ['52 KB', '/large', 3.5],
];

/** @type {import('../lib/case.js').Case[]} */
const hits = pages.flatMap(([size, path, goal]) => {
  const name = `page hit, ${size}`;
  const ours = () => httpContender(server('cache-page'), path, expectHits);
  return [
    {
      name,
      against: 'a Nest handler that ends a ready Buffer',
      unit: 'requests/s',
      goal: 0.95,
      ours,
      theirs: () => httpContender(server('ready-buffer'), path),
    },
    {
      name,
      against: "@nestjs/cache-manager's CacheInterceptor",
      unit: 'requests/s',
      goal,
      ours,
      theirs: () => httpContender(server('cache-interceptor'), path, expectHits),
    },
    {
      name: `site cache hit, ${size}`,
      against: 'a Nest handler that ends a ready Buffer',
      unit: 'requests/s',
      goal: 1.5,
      ours: () => httpContender(server('cache-site'), path),
      theirs: () => httpContender(server('ready-buffer'), path),
    },
  ];
});

/** @type {{ count: number, opened: ReturnType<typeof openOrmDatabase> } | undefined} */
let shared;

/** Opens the database that both contenders of a case work on; the last one to go closes it. */
async function sharedDatabase() {
  const database = (shared ??= { count: 0, opened: openOrmDatabase() });
  database.count++;
  const { url, close } = await database.opened;
  return {
    url,
    async close() {
      if (--database.count > 0) return;
      shared = undefined;
      await close();
    },
  };
}

/**
 * A server whose pages become stale by changes of the database, or one whose pages do not.
 *
 * @param {'watched' | 'bare'} mode
 * @param {string} path
 * @param {number} entries How many entries depend on what is written.
 */
async function databaseContender(mode, path, entries) {
  const database = await sharedDatabase();
  const args = [mode, String(entries), database.url];
  const contender = await httpContender(server('invalidation'), path, undefined, { args });
  return {
    measure: contender.measure,
    async close() {
      await contender.close();
      await database.close();
    },
  };
}

/** @type {[name: string, path: string, entries: number][]} */
const costs = [
  ['automatic invalidation, page miss', '/page', 0],
  ['automatic invalidation, write with 10 entries', '/write', 10],
  ['automatic invalidation, write with 10,000 entries', '/write', 10_000],
  ['automatic invalidation, write with 1,000,000 entries', '/write', 1_000_000],
];

/** @type {import('../lib/case.js').Case[]} */
const invalidation = costs.map(([name, path, entries]) => ({
  name,
  against: 'the same without it',
  unit: 'requests/s',
  goal: 0.97,
  ours: () => databaseContender('watched', path, entries),
  theirs: () => databaseContender('bare', path, entries),
}));

export const cases = [...hits, ...invalidation];
