import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { missing, notInstalled, serverKinds } from './server-kinds.js';

/** Starts the keeper of this run's servers and tells the suites, by the environment, how to reach it. */
export default async function startKeeper() {
  const keeper = spawn(process.execPath, [fileURLToPath(new URL('./keeper.js', import.meta.url))], {
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = await once(keeper.stdout, 'data');
  const { socket, folder } = JSON.parse(String(line));
  process.env.QUINTET_TEST_SERVERS = JSON.stringify({
    socket,
    folder,
    missing: byName(missing),
    notInstalled: byName(notInstalled),
  });
  keeper.unref();
  for (const pipe of [keeper.stdin, keeper.stdout]) /** @type {import('node:net').Socket} */ (pipe).unref();
  /** @type {any} */ (globalThis).quintetKeeper = keeper;
}

/** @param {typeof missing} ask */
function byName(ask) {
  return Object.fromEntries(Object.values(serverKinds).map((kind) => [kind.name, ask(kind)]));
}
