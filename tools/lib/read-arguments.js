import { parseArgs } from 'node:util';
import { StepFailedError } from './run.js';

/**
 * Reads the command line; an option that does not exist is answered with the usage, and so is `--help`.
 *
 * @template {import('node:util').ParseArgsConfig} T
 * @param {string} usage
 * @param {T} config
 */
export function readArguments(usage, config) {
  if (process.argv.includes('--help')) {
    console.log(usage);
    process.exit(0);
  }
  try {
    return parseArgs(config);
  } catch (error) {
    throw new StepFailedError(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}
