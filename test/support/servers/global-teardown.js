import { once } from 'node:events';

/** Ends the keeper, which stops every server that it started. */
export default async function stopKeeper() {
  /** @type {import('node:child_process').ChildProcess} */
  const keeper = /** @type {any} */ (globalThis).quintetKeeper;
  if (keeper.exitCode !== null) return;
  const exited = once(keeper, 'exit');
  keeper.stdin?.end();
  await exited;
}
