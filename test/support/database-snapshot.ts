import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { prepareDatabase } from '../../apps/bookshop/src/database/prepare.js';
import type { PostgresServer } from './servers.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, '.build', 'test-databases');

/** What a prepared database is made of: another hash, another snapshot. */
function hashOfSources(): string {
  const hash = createHash('sha256');
  for (const part of [
    'prisma/migrations',
    'prisma/seed',
    'apps/bookshop/src/database',
    'node_modules/@electric-sql/pglite/package.json',
  ]) {
    for (const file of filesOf(join(root, part))) hash.update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 16);
}

function filesOf(path: string): string[] {
  if (path.endsWith('.json')) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

let snapshot: Promise<Blob> | undefined;

/** Returns a PGlite in memory with the shop's tables and data, copied from a snapshot that is made once. */
export async function openPGliteCopy(): Promise<PGlite> {
  snapshot ??= loadSnapshot();
  return PGlite.create({ loadDataDir: await snapshot });
}

async function loadSnapshot(): Promise<Blob> {
  const path = join(folder, `${hashOfSources()}.tar`);
  if (!existsSync(path)) await writeSnapshot(path);
  return new Blob([readFileSync(path)]);
}

async function writeSnapshot(path: string): Promise<void> {
  const database = await PGlite.create();
  await prepareDatabase({ adapter: new PrismaPGlite(database) });
  const dump = await database.dumpDataDir('none');
  await database.close();
  mkdirSync(folder, { recursive: true });
  // Workers that make it at the same time each write a file of their own; the last one stays.
  const own = `${path}.${randomUUID()}`;
  writeFileSync(own, Buffer.from(await dump.arrayBuffer()));
  renameSync(own, path);
}

/** Makes a database with the shop's tables and data on a server, copied from a template that is made once. */
export async function createPostgresCopy(server: PostgresServer): Promise<string> {
  return server.createDatabase({ template: await prepareTemplate(server) });
}

const templates = new Map<string, Promise<string>>();

function prepareTemplate(server: PostgresServer): Promise<string> {
  const template = templates.get(server.url) ?? makeTemplate(server);
  templates.set(server.url, template);
  return template;
}

/** Any number does, as long as all workers take the same. */
const templateLock = 7_005_311;

async function makeTemplate(server: PostgresServer): Promise<string> {
  const name = `quintet_template_${hashOfSources()}`;
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [templateLock]);
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) {
      // A template is named last: one that was left half-made is no template.
      await client.query(`DROP DATABASE IF EXISTS "${name}_draft"`);
      await client.query(`CREATE DATABASE "${name}_draft"`);
      await prepareDatabase({
        adapter: new PrismaPg({ connectionString: urlOf(server.url, `${name}_draft`) }),
      });
      await client.query(`ALTER DATABASE "${name}_draft" RENAME TO "${name}"`);
    }
  } finally {
    await client.end();
  }
  return name;
}

function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}
