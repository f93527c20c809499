import { appendFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

export type ServerName = 'postgres' | 'redis' | 'memcached';

/** What Jest's global setup tells the suites about this run's servers. */
interface TestRun {
  socket: string;
  folder: string;
  /** By name, how to get a server that is neither installed nor given. */
  missing: Partial<Record<ServerName, string>>;
  /** By name, how to get a server that is not installed. */
  notInstalled: Partial<Record<ServerName, string>>;
}

/** A server as the keeper describes it; without a handle it was given from outside and is not ours to control. */
export interface KeptServer {
  url: string;
  /** Different for every caller of one run. */
  number: number;
  handle?: number;
  pid?: number;
}

function testRun(): TestRun {
  const text = process.env.QUINTET_TEST_SERVERS;
  if (!text) throw new Error('The test servers need the globalSetup of jest.config.js.');
  return JSON.parse(text) as TestRun;
}

/** Tells how to get a server that suites cannot share; `undefined` where it is there. */
export function missingServer(name: ServerName): string | undefined {
  return testRun().missing[name];
}

/** Tells how to get a server that suites cannot start for themselves; `undefined` where they can. */
export function notInstalledServer(name: ServerName): string | undefined {
  return testRun().notInstalled[name];
}

/** Notes a skipped suite for the summary at the end of the run. */
export function noteSkipped(server: string, suite: string): void {
  appendFileSync(join(testRun().folder, 'skipped.jsonl'), `${JSON.stringify({ server, suite })}\n`);
}

/** Asks the keeper of this run's servers; see `keeper.js` for what it answers. */
export function askKeeper<T>(method: 'share' | 'start' | 'control', ...args: unknown[]): Promise<T> {
  return new Promise((resolve, reject) => {
    // Each request has a connection of its own: the keeper may be closing an idle one at the moment it is used again.
    const options = { socketPath: testRun().socket, method: 'POST', agent: false } as const;
    const asked = request(options, (response) => {
      text(response).then((body) => {
        const { result, error } = JSON.parse(body) as { result: T; error?: string };
        if (error === undefined) resolve(result);
        else reject(new Error(error));
      }, reject);
    });
    asked.once('error', reject);
    asked.end(JSON.stringify([method, ...args]));
  });
}
