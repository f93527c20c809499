import { createHash, randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import type { PostgresServer } from './servers.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, '.build', 'test-databases');

export interface DatabaseTemplateOptions {
  readonly name: string;
  /** The files and folders, from the root, that it is made of: what changes in them makes another one. */
  readonly sources: readonly string[];
  /** Makes tables and rows in an empty database. */
  prepare(adapter: SqlMigrationAwareDriverAdapterFactory): Promise<unknown>;
}

/**
 * A database that is made once, of which tests take copies.
 *
 * @example
 * const shop = new DatabaseTemplate({ name: 'shop', sources: ['prisma/migrations'], prepare });
 * const pglite = await shop.openPGlite();
 * const url = await shop.createOn(servers.postgres);
 */
export class DatabaseTemplate {
  readonly #servers = new Map<string, Promise<string>>();
  #snapshot: Promise<Blob> | undefined;

  constructor(private readonly options: DatabaseTemplateOptions) {}

  /** Returns a copy in a PGlite in memory, from a snapshot. */
  async openPGlite(): Promise<PGlite> {
    this.#snapshot ??= this.#loadSnapshot();
    return PGlite.create({ loadDataDir: await this.#snapshot });
  }

  /** Makes a copy on a server and returns its address. */
  async createOn(server: PostgresServer): Promise<string> {
    const template = this.#servers.get(server.url) ?? this.#makeOn(server);
    this.#servers.set(server.url, template);
    return server.createDatabase({ template: await template });
  }

  async #loadSnapshot(): Promise<Blob> {
    const path = join(folder, `${this.#version}.tar`);
    if (!existsSync(path)) await this.#writeSnapshot(path);
    return new Blob([readFileSync(path)]);
  }

  async #writeSnapshot(path: string): Promise<void> {
    const database = await PGlite.create();
    await this.options.prepare(new PrismaPGlite(database));
    const dump = await database.dumpDataDir('none');
    await database.close();
    mkdirSync(folder, { recursive: true });
    // Workers that make it at the same time each write a file of their own; the last one stays.
    const own = `${path}.${randomUUID()}`;
    writeFileSync(own, Buffer.from(await dump.arrayBuffer()));
    renameSync(own, path);
  }

  async #makeOn(server: PostgresServer): Promise<string> {
    const name = `quintet_${this.#version}`;
    const draft = `${name}_draft`;
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    try {
      await client.query('SELECT pg_advisory_lock($1)', [templateLock]);
      const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
      if (rowCount === 0) {
        // A template is named last: one that was left half-made is no template.
        await client.query(`DROP DATABASE IF EXISTS "${draft}"`);
        await client.query(`CREATE DATABASE "${draft}"`);
        await this.options.prepare(new PrismaPg({ connectionString: urlOf(server.url, draft) }));
        await client.query(`ALTER DATABASE "${draft}" RENAME TO "${name}"`);
      }
    } finally {
      await client.end();
    }
    return name;
  }

  get #version(): string {
    const hash = createHash('sha256');
    for (const source of [...this.options.sources, 'node_modules/@electric-sql/pglite/package.json']) {
      for (const file of filesOf(join(root, source))) hash.update(readFileSync(file));
    }
    return `${this.options.name}_${hash.digest('hex').slice(0, 16)}`;
  }
}

/** Any number does, as long as all workers take the same. */
const templateLock = 7_005_311;

function filesOf(path: string): string[] {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}
