import { run } from './run.js';

/**
 * Runs npm: the one that started this process, or else the one on `PATH`.
 *
 * @param {readonly string[]} args
 * @param {import('./run.js').RunOptions} [options]
 */
export function npm(args, options) {
  const script = process.env.npm_execpath;
  return script?.endsWith('.js')
    ? run(process.execPath, [script, ...args], options)
    : run('npm', args, options);
}
