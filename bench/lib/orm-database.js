import { join } from 'node:path';
import { root } from '../../tools/lib/paths.js';
import { seed } from '../orm/data.js';
import { ofApp } from '../orm/peers.js';
import { startServer } from './servers.js';

/** @typedef {{ url: string, send: (sql?: string) => Promise<void>, close: () => Promise<void> }} OrmDatabase */

/**
 * Makes the bookshop's tables with the benchmark's rows on a PostgreSQL of its own.
 *
 * @returns {Promise<OrmDatabase>}
 */
export async function openOrmDatabase() {
  const server = await startServer('postgres');
  const { default: pg } = await ofApp('pg');
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  await admin.query('DROP DATABASE IF EXISTS bench_orm WITH (FORCE)');
  await admin.query('CREATE DATABASE bench_orm');
  await admin.end();
  const { href: url } = Object.assign(new URL(server.url), { pathname: '/bench_orm' });
  const { PrismaPg } = await ofApp('@prisma/adapter-pg');
  const { applyMigrations } = await ofApp('@nest-quintet/orm/migrations');
  await applyMigrations({
    adapter: new PrismaPg({ connectionString: url }),
    directory: join(root, 'prisma', 'migrations'),
  });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const statement of seed.split(';')) if (statement.trim()) await client.query(statement);
  return {
    url,
    async send(sql) {
      if (sql !== undefined) await client.query(sql);
    },
    async close() {
      await client.end();
      await server.close();
    },
  };
}
