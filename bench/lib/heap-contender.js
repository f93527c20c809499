import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { textOf } from './text-of.js';

const MEGABYTE = 1024 * 1024;
/** So much room for young objects that nothing is collected while we count. */
const NO_COLLECTION = ['--max-semi-space-size=512', '--min-semi-space-size=512'];
const REQUESTS = 3_000;

/**
 * Opens a contender that is an HTTP server and counts the heap that its requests take.
 *
 * @param {URL} script Starts the server, prints its address as its first line, and tells its used heap at `/heap`.
 * @param {string} path
 * @returns {Promise<import('./case.js').Contender>}
 */
export async function heapContender(script, path) {
  const server = spawn(process.execPath, [...NO_COLLECTION, fileURLToPath(script)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(server, 'exit');
  const [origin] = await Promise.race([
    once(createInterface(server.stdout), 'line'),
    ended.then(([code]) => Promise.reject(new Error(`${script.pathname} ended with ${code}.`))),
  ]);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const heap = async () => Number(await textOf(`${origin}/heap`, agent));
  for (let request = 0; request < REQUESTS; request++) await textOf(origin + path, agent);
  return {
    async measure() {
      for (;;) {
        const before = await heap();
        for (let request = 0; request < REQUESTS; request++) await textOf(origin + path, agent);
        const used = (await heap()) - before;
        // A collection in between makes it less than nothing, or far too little.
        if (used > 0) return (REQUESTS * MEGABYTE) / used;
      }
    },
    async close() {
      agent.destroy();
      server.stdin.end();
      server.kill();
      await ended;
    },
  };
}
