import { ServerProcess } from '../../test/support/servers/server-process.js';
import { missing, serverKinds } from '../../test/support/servers/server-kinds.js';
import { StepFailedError } from '../../tools/lib/run.js';

/** @type {Set<ServerProcess>} */
const running = new Set();

/**
 * Starts a real server for a case, or takes that of `TEST_DATABASE_URL` and its like; it never outlives the benchmark.
 *
 * @param {'postgres' | 'redis' | 'memcached'} name
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 * @throws {StepFailedError} when this machine has no such server.
 */
export async function startServer(name) {
  const kind = serverKinds[name];
  if (!kind) throw new StepFailedError(`There is no server "${name}".`);
  const absent = missing(kind);
  if (absent !== undefined) throw new StepFailedError(`This benchmark needs ${absent}.`);
  const given = process.env[kind.variable];
  if (given) return { url: given, close: async () => {} };
  if (running.size === 0) endWithUs();
  const server = await ServerProcess.start(kind);
  running.add(server);
  return {
    url: server.url,
    close: async () => {
      running.delete(server);
      await server.stop();
    },
  };
}

function endWithUs() {
  process.once('exit', () => {
    for (const server of running) server.destroy();
  });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
    process.once(signal, () => process.exit(130));
}
