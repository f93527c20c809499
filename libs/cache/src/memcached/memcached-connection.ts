import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** One answer: its code (`HD`, `VA`, `EN`, …), the flags behind it, and the data of a `VA`. */
export interface MemcachedReply {
  readonly code: string;
  readonly flags: readonly string[];
  readonly data?: Buffer;
}

interface Waiting {
  resolve(reply: MemcachedReply): void;
  reject(error: Error): void;
}

const CODES = new Set(['HD', 'VA', 'EN', 'NF', 'NS', 'EX', 'OK', 'MN', 'VERSION']);
const REFUSALS = new Set(['ERROR', 'CLIENT_ERROR', 'SERVER_ERROR']);
export const LINE_END = Buffer.of(0x0d, 0x0a);
/** No answer of one line is as long; whoever sends more is no Memcached. */
const MAX_LINE = 2_048;

/** One connection that speaks the meta commands of Memcached; requests may be under way in any number. */
export class MemcachedConnection {
  readonly #socket: Socket;
  readonly #waiting: Waiting[] = [];
  #received: Buffer = Buffer.alloc(0);
  #end: Error | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (bytes) => this.#receive(bytes));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  static async open(host: string, port: number, signal: AbortSignal): Promise<MemcachedConnection> {
    const socket = connect({ host, port });
    try {
      await once(socket, 'connect', { signal });
    } catch (error) {
      socket.on('error', () => {}).destroy();
      throw error;
    }
    return new MemcachedConnection(socket);
  }

  get isOpen(): boolean {
    return this.#end === undefined;
  }

  /** Sends commands that travel together; each gets one answer. */
  send(commands: readonly (string | Buffer)[]): Promise<MemcachedReply[]> {
    if (this.#end) return Promise.reject(this.#end);
    const replies = commands.map(
      () => new Promise<MemcachedReply>((resolve, reject) => this.#waiting.push({ resolve, reject })),
    );
    this.#socket.cork();
    for (const command of commands) this.#socket.write(command);
    this.#socket.uncork();
    return Promise.all(replies);
  }

  destroy(reason = new Error('the connection was closed')): void {
    this.#end ??= reason;
    this.#socket.destroy();
    for (const { reject } of this.#waiting.splice(0)) reject(this.#end);
  }

  #receive(bytes: Buffer): void {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
    try {
      let taken = 0;
      for (let length = 0; (length = this.#take(this.#received.subarray(taken))) > 0;) taken += length;
      this.#received = this.#received.subarray(taken);
    } catch (error) {
      this.destroy(error as Error);
    }
  }

  /** Answers one request from the start of `bytes`; returns how many bytes that was, 0 when there are too few. */
  #take(bytes: Buffer): number {
    const end = bytes.indexOf(LINE_END);
    if (end < 0) {
      if (bytes.length > MAX_LINE) throw new Error('what answers is no Memcached');
      return 0;
    }
    const [code = '', ...rest] = bytes.toString('latin1', 0, end).split(' ');
    const waiting = this.#waiting[0];
    if (REFUSALS.has(code) && waiting) {
      this.#waiting.shift();
      waiting.reject(new MemcachedRefusal(code, rest.join(' ')));
      return end + 2;
    }
    if (!CODES.has(code) || !waiting) throw new Error('what answers is no Memcached');
    if (code !== 'VA') {
      this.#waiting.shift();
      waiting.resolve({ code, flags: rest });
      return end + 2;
    }
    const size = Number(rest.shift());
    const start = end + 2;
    if (!Number.isSafeInteger(size) || size < 0) throw new Error('what answers is no Memcached');
    if (bytes.length < start + size + 2) return 0;
    if (!bytes.subarray(start + size, start + size + 2).equals(LINE_END)) {
      throw new Error('what answers is no Memcached');
    }
    this.#waiting.shift();
    // A copy: the value must not keep a whole chunk of the network in memory.
    waiting.resolve({ code, flags: rest, data: Buffer.from(bytes.subarray(start, start + size)) });
    return start + size + 2;
  }
}

/** Says that Memcached answered with an error. */
export class MemcachedRefusal extends Error {
  constructor(
    readonly code: string,
    detail: string,
  ) {
    super(`${code}${detail && ` ${detail}`}`);
  }
}
