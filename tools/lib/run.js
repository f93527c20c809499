import { spawn } from 'node:child_process';
import { pathWithBins, root } from './paths.js';

/** Says that a part of a command failed; its output has been shown already where there was any. */
export class StepFailedError extends Error {}

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd] The root of the checkout where not given.
 * @property {NodeJS.ProcessEnv} [env] Added to this process's environment.
 * @property {boolean} [show] Passes the output through while it comes instead of only when the command fails.
 */

/**
 * Runs a command to its end and returns what it wrote; where it fails, its output is shown.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<string>}
 * @throws {StepFailedError} when the command cannot be started or its exit code is not zero.
 */
export async function run(command, args, options = {}) {
  const { code, output } = await attempt(command, args, options);
  if (code === 0) return output;
  if (!options.show) process.stderr.write(output);
  throw new StepFailedError(`${[command, ...args].join(' ')} ended with ${code}.`);
}

/**
 * Runs a command to its end and returns its exit code beside what it wrote, standard output and error together.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<{ code: number | NodeJS.Signals, output: string }>}
 */
export function attempt(command, args, { cwd = root, env, show = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, PATH: pathWithBins, ...env },
      stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
    });
    let output = '';
    const collect = (/** @type {Buffer} */ chunk) => (output += chunk.toString());
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    child.once('error', (error) => reject(new StepFailedError(`Cannot run ${command}: ${error.message}.`)));
    child.once('close', (code, signal) => resolve({ code: code ?? signal ?? 1, output }));
  });
}

/**
 * Runs a Node script to its end.
 *
 * @param {string} script
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 */
export function runNode(script, args, options) {
  return run(process.execPath, [script, ...args], options);
}

/**
 * Runs a tool's main function and turns a failure into one line and a non-zero exit code.
 *
 * @param {() => Promise<unknown>} main
 */
export async function runMain(main) {
  try {
    await main();
  } catch (error) {
    process.stderr.write(`${error instanceof StepFailedError ? error.message : errorText(error)}\n`);
    process.exitCode = 1;
  }
}

/** @param {unknown} error */
function errorText(error) {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
