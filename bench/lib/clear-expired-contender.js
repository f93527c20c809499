import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { root } from '../../tools/lib/paths.js';

/** What belongs to the bookshop is resolved from there, as an application has it. */
const fromApp = createRequire(join(root, 'apps', 'bookshop', 'package.json'));
/** @param {string} name */
const load = (name) => import(pathToFileURL(fromApp.resolve(name)).href);

const LIVING = 900_000;
const EXPIRED = 100_000;

/**
 * Makes the contenders that clear 100,000 expired sessions of 1,000,000.
 *
 * @param {() => Promise<string>} urlOf
 */
export function clearExpiredContenders(urlOf) {
  return { ours: () => open(urlOf, true), theirs: () => open(urlOf, false) };
}

/**
 * @param {() => Promise<string>} urlOf
 * @param {boolean} isOurs
 */
async function open(urlOf, isOurs) {
  const { default: pg } = await load('pg');
  const url = new URL(await urlOf());
  const admin = new pg.Client({ connectionString: url.href });
  await admin.connect();
  const name = isOurs ? 'clear_ours' : 'clear_theirs';
  await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.end();
  url.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: url.href, max: 3 });
  const { clear, insert, touch, close } = isOurs ? await ours(url.href) : await theirs(url.href);
  await pool.query(insert(LIVING, "now() + interval '1 day'", 'living'));
  await pool.query('VACUUM ANALYZE');
  let worst = { statement: 0, visitor: 0 };
  return {
    async measure() {
      await pool.query(insert(EXPIRED, "now() - n * interval '1 second'", 'expired'));
      const end = new AbortController();
      let visitor = 0;
      // Visitors go on saving their sessions meanwhile.
      const visitors = (async () => {
        while (!end.signal.aborted) {
          const start = performance.now();
          await pool.query(touch, [`living${Math.ceil(Math.random() * LIVING)}`]);
          visitor = Math.max(visitor, performance.now() - start);
          await new Promise((resolve) => setTimeout(resolve, 2));
        }
      })();
      const start = performance.now();
      const statement = await clear();
      const seconds = (performance.now() - start) / 1000;
      end.abort();
      await visitors;
      worst = { statement: Math.max(worst.statement, statement), visitor: Math.max(worst.visitor, visitor) };
      return EXPIRED / seconds;
    },
    async close() {
      process.stderr.write(
        `  ${isOurs ? 'ours' : 'theirs'}: rows are locked for ${worst.statement.toFixed(0)} ms at most; the slowest save meanwhile took ${worst.visitor.toFixed(0)} ms\n`,
      );
      await close();
      await pool.end();
    },
  };
}

/** @param {string} url */
async function ours(url) {
  const { prismaEngine } = await load('@nest-quintet/sessions/prisma');
  const { PrismaDatabase } = await load('@nest-quintet/orm');
  const { applyMigrations } = await load('@nest-quintet/orm/migrations');
  const { PrismaPg } = await load('@prisma/adapter-pg');
  const generated = (/** @type {string} */ file) =>
    import(pathToFileURL(join(root, 'apps', 'bookshop', 'dist', 'generated', file)).href);
  const { PrismaClient } = await generated('prisma/client.js');
  const { schema } = await generated('quintet/index.js');
  const adapter = new PrismaPg({ connectionString: url });
  await applyMigrations({ adapter, directory: join(root, 'prisma', 'migrations') });
  const client = (/** @type {unknown} */ wrapped) => new PrismaClient({ adapter: wrapped });
  const database = new PrismaDatabase('default', { adapter, client, schema });
  await database.connect();
  const engine = prismaEngine({ database });
  return {
    async clear() {
      let [longest, last] = [0, performance.now()];
      const removed = await engine.clearExpired({
        onProgress() {
          const now = performance.now();
          longest = Math.max(longest, now - last);
          last = now;
        },
      });
      if (removed !== EXPIRED) throw new Error(`${removed} sessions were cleared.`);
      return longest;
    },
    insert: (/** @type {number} */ count, /** @type {string} */ expiresAt, /** @type {string} */ name) =>
      `INSERT INTO quintet_session (key, data, expires_at) SELECT '${name}' || n, '{"visits":1}', ${expiresAt} FROM generate_series(1, ${count}) n`,
    touch: `UPDATE quintet_session SET data = '{"visits":2}' WHERE key = $1`,
    close: () => database.disconnect(),
  };
}

/** @param {string} url */
async function theirs(url) {
  const { default: session } = await load('express-session');
  const { default: connectPgSimple } = await load('connect-pg-simple');
  const PgStore = connectPgSimple(session);
  const store = new PgStore({ conString: url, createTableIfMissing: true, pruneSessionInterval: false });
  await new Promise((resolve) => store.get('nobody', resolve));
  return {
    async clear() {
      const start = performance.now();
      await promisify(store.pruneSessions.bind(store))();
      return performance.now() - start;
    },
    insert: (/** @type {number} */ count, /** @type {string} */ expiresAt, /** @type {string} */ name) =>
      `INSERT INTO session (sid, sess, expire) SELECT '${name}' || n, '{"visits":1}', ${expiresAt} FROM generate_series(1, ${count}) n`,
    touch: `UPDATE session SET sess = '{"visits":2}' WHERE sid = $1`,
    close: async () => store.close(),
  };
}
