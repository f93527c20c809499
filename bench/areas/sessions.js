import { httpContender } from '../lib/http-contender.js';
import { clearExpiredContenders } from '../lib/clear-expired-contender.js';
import { startServer } from '../lib/servers.js';
import { runNode } from '../../tools/lib/run.js';
import { binOf } from '../../tools/lib/paths.js';

const script = new URL('../servers/sessions.js', import.meta.url);
const peers = {
  memory: 'express-session with its MemoryStore',
  redis: 'express-session with connect-redis',
  postgres: 'express-session with connect-pg-simple',
};

/** @typedef {keyof typeof peers} Store */

/** @type {Map<Store, Promise<{ url: string, close: () => Promise<void> }>>} */
const started = new Map();

/** @param {Store} store */
async function urlOf(store) {
  if (store === 'memory') return '';
  if (!started.has(store)) {
    if (store === 'postgres') await runNode(binOf('typescript', 'tsc'), ['-b', 'apps/bookshop']);
    started.set(store, startServer(store));
  }
  return (await started.get(store))?.url ?? '';
}

/** Ends what the cases have started. */
export async function close() {
  for (const server of started.values()) await (await server).close();
}

/**
 * @param {'express-session' | 'early' | 'onDemand'} kind
 * @param {Store} store
 * @param {string} path
 */
async function contender(kind, store, path) {
  const args = [kind, store, await urlOf(store)];
  return httpContender(script, path, (origin) => tellOperations(kind, store, path, origin), {
    args,
    first: '/welcome',
  });
}

const told = new Set();

/**
 * Prints, once, what one request asks of the store.
 *
 * @param {string} kind
 * @param {Store} store
 * @param {string} path
 * @param {string} origin
 */
async function tellOperations(kind, store, path, origin) {
  const name = `${kind}, ${store}, ${path}`;
  if (told.has(name)) return;
  told.add(name);
  const { headers } = await fetch(`${origin}/welcome`);
  const cookie = headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
  await fetch(`${origin}/operations`);
  await fetch(origin + path, { headers: { cookie } });
  /** @type {string[]} */
  const operations = JSON.parse(await (await fetch(`${origin}/operations`)).text());
  process.stderr.write(`  store operations of one request (${name}): ${operations.join(', ') || 'none'}\n`);
}

const reads = [
  {
    what: 'a request that does not touch the session, on demand',
    kind: 'onDemand',
    path: '/passing-by',
    goal: 1.5,
  },
  { what: 'a request that does not touch the session', kind: 'early', path: '/passing-by', goal: 1 },
  { what: 'a request that reads', kind: 'early', path: '/read', goal: 0.95 },
  { what: 'a request that writes', kind: 'early', path: '/write', goal: 0.95 },
];

/** @type {import('../lib/case.js').Case[]} */
export const cases = [
  .../** @type {Store[]} */ (['memory', 'redis', 'postgres']).flatMap((store) =>
    reads.map(({ what, kind, path, goal }) => ({
      name: `${what}, ${store}`,
      against: peers[store],
      unit: 'requests/s',
      goal,
      ours: () => contender(/** @type {'early' | 'onDemand'} */ (kind), store, path),
      theirs: () => contender('express-session', store, path),
    })),
  ),
  {
    name: '100,000 expired of 1,000,000 rows are cleared',
    against: 'connect-pg-simple, in one statement',
    unit: 'rows/s',
    goal: null,
    ...clearExpiredContenders(() => urlOf('postgres')),
  },
];
