import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const load = fileURLToPath(new URL('./load.js', import.meta.url));

/**
 * Opens a contender that is an HTTP server in a process of its own; another process puts the load on it.
 *
 * @param {URL} script Starts the server and prints its address as its first line.
 * @param {string} path
 * @param {(url: string) => Promise<void>} [verify] Called after every measurement: throws where it was not what it should be.
 * @param {{ args?: string[], first?: string }} [options] What the script is given, and where each connection gets its cookie.
 * @returns {Promise<import('./case.js').Contender>}
 */
export async function httpContender(script, path, verify, { args = [], first } = {}) {
  const server = spawn(process.execPath, [fileURLToPath(script), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(server, 'exit');
  const [origin] = await Promise.race([
    once(createInterface(server.stdout), 'line'),
    ended.then(([code]) => Promise.reject(new Error(`${script.pathname} ended with ${code}.`))),
  ]);
  return {
    async measure(seconds) {
      const speed = await requestsPerSecond(origin + path, seconds, first);
      await verify?.(origin);
      return speed;
    },
    async close() {
      server.stdin.end();
      server.kill();
      await ended;
    },
  };
}

/**
 * @param {string} url
 * @param {number} seconds
 * @param {string} [first]
 * @returns {Promise<number>}
 */
async function requestsPerSecond(url, seconds, first) {
  const args = [load, url, `${seconds}`, ...(first === undefined ? [] : [first])];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`The load on ${url} failed.`);
  return JSON.parse(output).requestsPerSecond;
}
