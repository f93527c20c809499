import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { findFolderOf, versionedBins } from './find-binary.js';
import { loopback } from './loopback.js';

const find = () =>
  findFolderOf(
    ['initdb', 'postgres'],
    [
      ...versionedBins('/usr/lib/postgresql'),
      ...versionedBins('/usr/local/opt'),
      ...versionedBins('/opt/homebrew/opt'),
    ],
  );

/** @param {number} port */
const url = (port) => `postgresql://quintet@${loopback}:${port}/postgres`;

/** What makes a throw-away server quick: it need not survive the machine. */
const settings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200'];

/** Sorts by bytes, as PGlite does, and knows the capitals of all letters. */
const letters = process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8';

/** @type {import('./server-kind.js').ServerKind} */
export const postgres = {
  name: 'postgres',
  command: 'postgresql',
  remedy: 'apt-get install postgresql',
  variable: 'TEST_DATABASE_URL',
  url,
  isInstalled: () => find() !== undefined,
  prepare: async (folder, user) => {
    const options = ['--username=quintet', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
    options.push(`--lc-ctype=${letters}`);
    await promisify(execFile)(join(find() ?? '', 'initdb'), ['-D', folder, ...options], {
      ...user,
      cwd: folder,
    });
  },
  commandLine: (folder, port) => [
    join(find() ?? '', 'postgres'),
    [
      '-D',
      folder,
      '-h',
      loopback,
      '-p',
      `${port}`,
      '-k',
      '',
      ...settings.flatMap((setting) => ['-c', setting]),
    ],
  ],
  isReady: async (port) => {
    const client = new pg.Client({ connectionString: url(port), connectionTimeoutMillis: 1000 });
    // A server that goes down while the probe is connected must not end the process.
    client.on('error', () => {});
    await client.connect();
    await client.end();
    return true;
  },
  stopSignal: 'SIGQUIT',
};
