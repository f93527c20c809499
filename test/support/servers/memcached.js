import { join } from 'node:path';
import { findFolderOf } from './find-binary.js';
import { ask, loopback } from './loopback.js';

const find = () => findFolderOf(['memcached'], ['/usr/local/bin', '/opt/homebrew/bin']);

/** @type {import('./server-kind.js').ServerKind} */
export const memcached = {
  name: 'memcached',
  command: 'memcached',
  remedy: 'apt-get install memcached',
  variable: 'TEST_MEMCACHED_URL',
  url: (port) => `memcached://${loopback}:${port}`,
  isInstalled: () => find() !== undefined,
  commandLine: (_folder, port) => [
    join(find() ?? '', 'memcached'),
    ['-l', loopback, '-p', `${port}`, '-U', '0', '-m', '64'],
  ],
  isReady: async (port) => (await ask(port, 'version')).startsWith('VERSION'),
  stopSignal: 'SIGKILL',
};
