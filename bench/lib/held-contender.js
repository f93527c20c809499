import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { textOf } from './text-of.js';

const GIGABYTE = 1024 ** 3;
const REQUESTS = 100_000;
const AT_ONCE = 16;

/**
 * Opens a contender that is an HTTP server and counts what it holds after 100,000 requests: how many such heaps fit
 * into a gigabyte.
 *
 * @param {URL} script Starts the server, prints its address as its first line, and tells its used heap at `/held`.
 * @param {string} path
 * @returns {Promise<import('./case.js').Contender>}
 */
export async function heldContender(script, path) {
  const server = spawn(process.execPath, ['--expose-gc', fileURLToPath(script)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(server, 'exit');
  const [origin] = await Promise.race([
    once(createInterface(server.stdout), 'line'),
    ended.then(([code]) => Promise.reject(new Error(`${script.pathname} ended with ${code}.`))),
  ]);
  const agent = new http.Agent({ keepAlive: true, maxSockets: AT_ONCE });
  let left = REQUESTS;
  const visit = async () => {
    while (left-- > 0) await textOf(origin + path, agent);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, visit));
  return {
    async measure() {
      return GIGABYTE / Number(await textOf(`${origin}/held`, agent));
    },
    async close() {
      agent.destroy();
      server.stdin.end();
      server.kill();
      await ended;
    },
  };
}
