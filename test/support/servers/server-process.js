import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { childrenOf } from './child-processes.js';
import { freePort } from './loopback.js';
import { giveTo, runAs } from './run-as.js';

const startSeconds = 60;

/** A real server of our own: on a free port of the loopback interface, with a temporary data folder. */
export class ServerProcess {
  #kind;
  #folder;
  #port;
  #user = runAs();
  #output = '';
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #child;

  /**
   * @param {import('./server-kind.js').ServerKind} kind
   * @param {string} folder
   * @param {number} port
   */
  constructor(kind, folder, port) {
    this.#kind = kind;
    this.#folder = folder;
    this.#port = port;
  }

  /**
   * Makes the data folder and starts the server.
   *
   * @param {import('./server-kind.js').ServerKind} kind
   */
  static async start(kind) {
    // Root's own temporary folder may be closed to the user that the server runs as.
    const parent = process.getuid?.() === 0 ? '/tmp' : tmpdir();
    const folder = mkdtempSync(join(parent, `quintet-${kind.name}-`));
    const server = new ServerProcess(kind, folder, await freePort());
    try {
      giveTo(folder, server.#user);
      await kind.prepare?.(folder, server.#user);
      await server.#launch();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  get url() {
    return this.#kind.url(this.#port);
  }

  get pid() {
    return this.#child?.pid;
  }

  /** Stops the clock of the server and of its children: connections stay open and nothing answers. */
  pause() {
    this.#signal('SIGSTOP');
  }

  resume() {
    this.#signal('SIGCONT');
  }

  /** Ends it the hard way; `restart()` brings it back on the same port. */
  async kill() {
    await this.#end('SIGKILL');
  }

  /** Starts it again on the same port, over what its data folder holds. */
  async restart() {
    await this.#end(this.#kind.stopSignal);
    await this.#launch();
  }

  /** Ends it and removes its data folder. */
  async stop() {
    await this.#end(this.#kind.stopSignal);
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Ends it at once, without waiting: for a process that is about to end itself. */
  destroy() {
    this.#signal('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #launch() {
    const [command, args] = this.#kind.commandLine(this.#folder, this.#port);
    const child = spawn(command, args, {
      ...this.#user,
      cwd: this.#folder,
      // Of its own group, so that an interrupt from the keyboard reaches it through us alone.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.#output = '';
    const collect = (/** @type {Buffer} */ chunk) => {
      this.#output = (this.#output + chunk.toString()).slice(-4000);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    const failed = new Promise((_resolve, reject) => {
      child.once('error', reject);
      child.once('exit', () => reject(new Error(`${this.#kind.command} did not start:\n${this.#output}`)));
    });
    await Promise.race([this.#untilReady(), failed]);
    failed.catch(() => {});
  }

  async #untilReady() {
    const deadline = Date.now() + startSeconds * 1000;
    while (Date.now() < deadline) {
      if (await this.#kind.isReady(this.#port).catch(() => false)) return;
      await wait(25);
    }
    throw new Error(`${this.#kind.command} does not answer after ${startSeconds} seconds:\n${this.#output}`);
  }

  /** @param {NodeJS.Signals} signal */
  async #end(signal) {
    const child = this.#child;
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    // A paused process takes no other signal than these two.
    this.#signal('SIGCONT');
    if (signal === 'SIGKILL') this.#signal('SIGKILL');
    else child.kill(signal);
    await exited;
  }

  /** @param {NodeJS.Signals} signal */
  #signal(signal) {
    const pid = this.pid;
    if (pid === undefined) return;
    // PostgreSQL's backends are leaders of their own sessions: a signal to the group would miss them.
    for (const each of [pid, ...childrenOf(pid)]) {
      try {
        process.kill(each, signal);
      } catch {
        // It ended by itself in between.
      }
    }
  }
}
