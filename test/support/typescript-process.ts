import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const loader = new URL('./typescript-loader.js', import.meta.url).href;
const root = fileURLToPath(new URL('../..', import.meta.url));

/** A script of the tests in a process of its own, run from its source. */
export interface TypescriptProcess {
  /** The first line that it printed. */
  readonly said: string;
  readonly child: ChildProcess;
  stop(): Promise<void>;
}

/**
 * Starts a script and waits for its first line; it ends when its input does, so that it never outlives the test.
 *
 * @example
 * const server = await startTypescript(new URL('./server.spec-support.ts', import.meta.url), { REDIS_URL: url });
 */
export async function startTypescript(
  script: URL,
  environment: Readonly<Record<string, string>>,
): Promise<TypescriptProcess> {
  const args = ['--conditions=@nest-quintet/source', `--import=${loader}`, fileURLToPath(script)];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: '', ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const [said] = (await Promise.race([
    once(createInterface(child.stdout), 'line'),
    ended.then(([code]) => Promise.reject(new Error(`${script.pathname} ended with ${String(code)}.`))),
  ])) as [string];
  return {
    said,
    child,
    async stop() {
      child.stdin.end();
      child.kill();
      await ended;
    },
  };
}
