/**
 * Keeps the servers of one test run: started when a suite first asks for them, stopped when the run ends.
 *
 * It is a process of its own, so that nothing outlives the run: its standard input is a pipe from Jest, which closes
 * however Jest ends. Suites speak to it over a Unix socket, one request a line of `serve` below.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { serverKinds } from './server-kinds.js';
import { ServerProcess } from './server-process.js';

/** Every server ever started, also those that are still starting. @type {Set<Promise<ServerProcess>>} */
const started = new Set();
/** @type {Map<string, Promise<ServerProcess>>} */
const shared = new Map();
/** @type {Map<number, { server: ServerProcess, isShared: boolean }>} */
const handles = new Map();
let lastHandle = 0;
let lastNumber = 0;

const folder = mkdtempSync(join(tmpdir(), 'quintet-servers-'));
const socket = join(folder, 'keeper.sock');

/** @typedef {'pause' | 'resume' | 'kill' | 'restart' | 'stop'} Operation */

const requests = {
  /** Answers the run's own server of a kind. @param {string} name */
  async share(name) {
    const kind = kindOf(name);
    const given = process.env[kind.variable];
    if (given) return { url: given, number: ++lastNumber };
    const server = shared.get(name) ?? start(kind);
    shared.set(name, server);
    return { ...register(await server, true), number: ++lastNumber };
  },

  /** Starts one that belongs to one suite, to be paused and killed. @param {string} name */
  async start(name) {
    return { ...register(await start(kindOf(name)), false), number: ++lastNumber };
  },

  /** @param {number} handle @param {Operation} operation */
  async control(handle, operation) {
    const entry = handles.get(handle);
    if (!entry) throw new Error(`There is no server ${handle}.`);
    if (entry.isShared)
      throw new Error(`Other suites use this server too: start a private one to ${operation} it.`);
    await entry.server[operation]();
    if (operation === 'stop') handles.delete(handle);
    return { pid: entry.server.pid };
  },
};

/** @param {ServerProcess} server @param {boolean} isShared */
function register(server, isShared) {
  const handle = ++lastHandle;
  handles.set(handle, { server, isShared });
  return { handle, url: server.url, pid: server.pid };
}

/** @param {import('./server-kind.js').ServerKind} kind */
function start(kind) {
  const server = ServerProcess.start(kind);
  started.add(server);
  return server;
}

/** @param {string} name */
function kindOf(name) {
  const kind = serverKinds[name];
  if (!kind)
    throw new Error(`There is no server "${name}". Choices are: ${Object.keys(serverKinds).join(', ')}.`);
  return kind;
}

const http = createServer(async (request, response) => {
  try {
    const [method, ...args] = JSON.parse(await text(request));
    response.end(JSON.stringify({ result: await Reflect.get(requests, method)(...args) }));
  } catch (error) {
    response.end(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }));
  }
});

async function close() {
  http.close();
  await Promise.allSettled([...started].map(async (server) => (await server).stop()));
  rmSync(folder, { recursive: true, force: true });
  process.exit();
}

// The run decides when it is over, also after an interrupt from the keyboard.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => {});
process.stdin.resume().once('close', close);
http.listen(socket, () => process.stdout.write(`${JSON.stringify({ socket, folder })}\n`));
