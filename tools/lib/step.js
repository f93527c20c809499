import { performance } from 'node:perf_hooks';

/** A step that is quicker than this says nothing. */
const quietMilliseconds = 2000;
/** A longer one tells that it still lives. */
const reminderMilliseconds = 30_000;

/**
 * Runs one part of a command; what takes longer than two seconds is named, then timed.
 *
 * @template T
 * @param {string} name What is being done: "Compiling the libraries".
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(name, work) {
  const start = performance.now();
  let isNamed = false;
  const naming = setTimeout(() => {
    isNamed = true;
    process.stderr.write(`${name} …\n`);
  }, quietMilliseconds);
  const reminder = setInterval(
    () => process.stderr.write(`${name} … ${seconds(start)} so far\n`),
    reminderMilliseconds,
  );
  try {
    return await work();
  } finally {
    clearTimeout(naming);
    clearInterval(reminder);
    if (isNamed) process.stderr.write(`${name}: ${seconds(start)}\n`);
  }
}

/**
 * Formats the time since `start`.
 *
 * @param {number} start As `performance.now()` gave it.
 */
export function seconds(start) {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}
