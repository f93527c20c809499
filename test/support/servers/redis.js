import { join } from 'node:path';
import { findFolderOf } from './find-binary.js';
import { ask, loopback } from './loopback.js';

/** Enough for every suite of a run to have its own. */
const databases = 1024;

const find = () => findFolderOf(['redis-server']);

/** @type {import('./server-kind.js').ServerKind} */
export const redis = {
  name: 'redis',
  command: 'redis-server',
  remedy: 'apt-get install redis-server',
  variable: 'TEST_REDIS_URL',
  url: (port) => `redis://${loopback}:${port}`,
  isInstalled: () => find() !== undefined,
  commandLine: (folder, port) => [
    join(find() ?? '', 'redis-server'),
    [
      ['--bind', loopback],
      ['--port', `${port}`],
      ['--dir', folder],
      ['--databases', `${databases}`],
      ['--save', ''],
      ['--appendonly', 'no'],
    ].flat(),
  ],
  isReady: async (port) => (await ask(port, 'PING')).startsWith('+PONG'),
  stopSignal: 'SIGKILL',
};
