/**
 * What a contender does for each task, by the task's name in `tasks`; `n` counts the calls.
 *
 * @typedef {Record<string, (n: number) => unknown> & { close: () => Promise<unknown> }} Operations
 */

/**
 * One contender in a process of its own: `node contender.js FILE URL [prepared]`.
 *
 * Answers each message `{ task, seconds }` with the calls per second, `{ task, calls }` with the bytes that so many
 * calls allocate, `{ task, worked }` with the microseconds that the processor works here for each of so many calls, and
 * `{ task, shape }` with what the first call answered; ends with the process that started it.
 */
import { written } from './same-rows.js';

const [file = '', url = '', prepared] = process.argv.slice(2);
/** @type {Operations} */
const operations = await (await import(file)).open(url, { isPrepared: prepared === 'prepared' });
let n = 0;

process.on('message', (/** @type {any} */ message) => {
  void answer(message).then(
    (value) => process.send?.({ value }),
    (/** @type {Error} */ error) => process.send?.({ error: error.stack ?? String(error) }),
  );
});
process.once('disconnect', () => process.exit());
process.send?.({ value: Object.keys(operations) });

/** @param {{ task: string, seconds?: number, calls?: number, worked?: number, shape?: import('./data.js').Shape }} message */
async function answer({ task, seconds, calls, worked, shape }) {
  const operation = operations[task];
  if (!operation) throw new Error(`${file} does not do "${task}".`);
  if (seconds !== undefined) return speedOf(operation, seconds);
  if (calls !== undefined) return allocatedBy(operation, calls);
  if (worked !== undefined) return workOf(operation, worked);
  return written(await operation(0), shape);
}

/** @param {(n: number) => unknown} operation @param {number} seconds */
async function speedOf(operation, seconds) {
  const start = performance.now();
  const end = start + seconds * 1000;
  let made = 0;
  for (; performance.now() < end; made++) await operation(n++);
  return made / ((performance.now() - start) / 1000);
}

/** @param {(n: number) => unknown} operation @param {number} calls */
async function workOf(operation, calls) {
  const before = process.cpuUsage();
  for (let call = 0; call < calls; call++) await operation(n++);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

/** @param {(n: number) => unknown} operation @param {number} calls */
async function allocatedBy(operation, calls) {
  for (;;) {
    const before = process.memoryUsage().heapUsed;
    for (let call = 0; call < calls; call++) await operation(n++);
    const used = process.memoryUsage().heapUsed - before;
    // A collection in between makes it less than nothing, or far too little.
    if (used > 0) return used / calls;
  }
}
