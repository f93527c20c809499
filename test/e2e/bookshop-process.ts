import { type ChildProcess, spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The bookshop in a process of its own. */
export class BookshopProcess {
  output = '';
  readonly #child: ChildProcess;

  private constructor(
    child: ChildProcess,
    readonly address: string,
  ) {
    this.#child = child;
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', (chunk: Buffer) => {
        this.output += chunk.toString();
      });
    }
  }

  /** Builds what the scripts run. */
  static async build(): Promise<void> {
    const build = BookshopProcess.spawn([process.execPath, 'tools/build.js'], {});
    if ((await build.exit()) !== 0) throw new Error(build.output);
  }

  /** Starts a command and returns at once; the shop may not listen yet, or never. */
  static spawn(
    [command, ...args]: [string, ...string[]],
    environment: Record<string, string>,
    port = 0,
  ): BookshopProcess {
    const { DATABASE_URL: _database, REDIS_URL: _redis, ...inherited } = process.env;
    const child = spawn(command, args, {
      cwd: root,
      env: { ...inherited, NODE_OPTIONS: '', PORT: String(port), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new BookshopProcess(child, `http://127.0.0.1:${port}`);
  }

  /** Starts the shop as its user does, and waits until it says that it listens. */
  static async start(environment: Record<string, string>): Promise<BookshopProcess> {
    const shop = BookshopProcess.spawn(['npm', 'start'], environment, await freePort());
    if (!(await shop.#listens())) {
      throw new Error(`The bookshop ended with ${await shop.exit()} before it listened:\n${shop.output}`);
    }
    return shop;
  }

  /** Asks the shop to end, as a process manager does, and returns its exit code. */
  async stop(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    return this.exit();
  }

  async exit(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
    return this.#child.exitCode;
  }

  /** Waits until the shop prints its address; `false` when it ends before. */
  async #listens(): Promise<boolean> {
    const address = this.address.replace('127.0.0.1', 'localhost');
    for await (const _chunk of on(this.#child.stdout!, 'data', { close: ['end'] })) {
      if (this.output.includes(address)) return true;
    }
    return false;
  }
}

/** Finds a port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
