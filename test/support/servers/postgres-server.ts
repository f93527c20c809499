import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { askKeeper, type KeptServer } from './keeper-client.js';
import { TestServer } from './test-server.js';

export interface CreateDatabaseOptions {
  /** Made up where not given. */
  name?: string;
  /** A database of this server to copy; nobody may be connected to it. */
  template?: string;
}

/** A PostgreSQL server; what one suite does in its own database is nothing to the others. */
export class PostgresServer extends TestServer {
  readonly #created: string[] = [];

  /** Makes an empty database, or a copy of another, and returns its URL. */
  async createDatabase({ name, template }: CreateDatabaseOptions = {}): Promise<string> {
    const database = name ?? `quintet_${randomBytes(6).toString('hex')}`;
    await this.#execute(
      `CREATE DATABASE ${quote(database)}${template === undefined ? '' : ` TEMPLATE ${quote(template)}`}`,
    );
    this.#created.push(database);
    const url = new URL(this.url);
    url.pathname = `/${database}`;
    return url.href;
  }

  override async release(): Promise<void> {
    for (const database of this.#created.splice(0)) {
      await this.#execute(`DROP DATABASE IF EXISTS ${quote(database)} WITH (FORCE)`);
    }
  }

  async #execute(sql: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.url });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }
}

/** Starts a PostgreSQL server for one suite alone; the suite stops it. */
export async function startPostgres(): Promise<PostgresServer> {
  return new PostgresServer(await askKeeper<KeptServer>('start', 'postgres'));
}

/** Returns this run's PostgreSQL server, started on first use. */
export async function sharedPostgres(): Promise<PostgresServer> {
  return new PostgresServer(await askKeeper<KeptServer>('share', 'postgres'));
}

function quote(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}
