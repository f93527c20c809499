import { binOf } from './paths.js';
import { attempt } from './run.js';

/** Jest runs ES modules by an interface of Node that is still called experimental. */
const nodeOptions = '--experimental-vm-modules --disable-warning=ExperimentalWarning';

/**
 * Runs Jest over the sources.
 *
 * The shop's own servers are out of reach: tests start theirs, or take those of `TEST_DATABASE_URL` and its like.
 *
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, show?: boolean }} [options]
 */
export function jest(args, { env, show = true } = {}) {
  return attempt(process.execPath, [binOf('jest'), ...args], {
    show,
    env: {
      DATABASE_URL: undefined,
      REDIS_URL: undefined,
      ...env,
      NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} ${nodeOptions}`.trim(),
    },
  });
}
