import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../orm/contender.js', import.meta.url));

/** A contender of the `orm` area in a process of its own, so that none runs on code that another one has shaped. */
export class ContenderProcess {
  /** @param {import('node:child_process').ChildProcess} child @param {string} name @param {string[]} tasks */
  constructor(child, name, tasks) {
    this.child = child;
    this.name = name;
    this.tasks = tasks;
  }

  /**
   * @param {string} name
   * @param {string} url Of the database.
   * @param {{ execArgv?: string[], isPrepared?: boolean }} [options] Flags of Node, and whether statements are prepared.
   */
  static async start(name, url, { execArgv = [], isPrepared = false } = {}) {
    const file = new URL(`../orm/${name}.js`, import.meta.url).href;
    const child = fork(script, [file, url, ...(isPrepared ? ['prepared'] : [])], {
      execArgv,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    return new ContenderProcess(child, name, await answerOf(child, name));
  }

  /**
   * @param {object} message What contender.js answers.
   * @returns {Promise<any>}
   */
  ask(message) {
    this.child.send(message);
    return answerOf(this.child, this.name);
  }

  async close() {
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.disconnect();
    await ended;
  }
}

/** @param {import('node:child_process').ChildProcess} child @param {string} name */
async function answerOf(child, name) {
  const stop = new AbortController();
  try {
    const [answer] = await Promise.race([
      once(child, 'message', { signal: stop.signal }),
      once(child, 'exit', { signal: stop.signal }).then(([code]) =>
        Promise.reject(new Error(`${name} ended with ${code}.`)),
      ),
    ]);
    if (answer.error !== undefined) throw new Error(`${name}: ${answer.error}`);
    return answer.value;
  } finally {
    stop.abort();
  }
}
