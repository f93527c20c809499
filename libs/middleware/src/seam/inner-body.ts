import { Readable } from 'node:stream';

type Callback = (error?: Error | null) => void;

interface Chunk {
  readonly data: string | Uint8Array;
  readonly encoding: BufferEncoding | undefined;
  readonly callback: Callback | undefined;
}

/** How much an inner part may write ahead before it is told to wait: Node's own mark for a response. */
const HIGH_WATER_MARK = 16_384;

/**
 * Is the body of a streaming response: what the inner part writes, as it writes it, from the moment somebody reads.
 *
 * Until then the first writes wait here and the inner part is told to pause, so that nothing is collected.
 */
export class InnerBody extends Readable {
  #chunks: Chunk[] = [];
  #size = 0;
  #isWaiting = false;
  #hasEnded = false;
  readonly #resume: () => void;

  /** @param resume Tells the inner part that it may write on. */
  constructor(resume: () => void) {
    super({ highWaterMark: HIGH_WATER_MARK });
    this.#resume = resume;
  }

  /** Takes what the inner part wrote; `false` asks it to wait for `resume`. */
  accept(
    data: string | Uint8Array,
    encoding: BufferEncoding | undefined,
    callback: Callback | undefined,
  ): boolean {
    if (this.destroyed) {
      // The body was replaced: the inner part may go on, nobody listens.
      if (callback !== undefined) process.nextTick(callback);
      return true;
    }
    this.#chunks.push({ data, encoding, callback });
    this.#size += data.length;
    if (this.#isWaiting) this._read();
    return this.#size < HIGH_WATER_MARK;
  }

  /** Says that the inner part has written everything. */
  finish(): void {
    this.#hasEnded = true;
    if (this.#isWaiting) this._read();
  }

  /** Says whether nobody has read, wrapped or replaced the body: it can go to the socket without a detour. */
  get isUntouched(): boolean {
    return (
      this.readableFlowing === null &&
      !this.readableDidRead &&
      !this.destroyed &&
      this.listenerCount('readable') === 0
    );
  }

  /** Hands over what has been written so far, and whether that was all, to somebody who continues by himself. */
  drainTo(
    write: (
      data: string | Uint8Array,
      encoding: BufferEncoding | undefined,
      callback: Callback | undefined,
    ) => boolean,
  ): {
    mayContinue: boolean;
    hasEnded: boolean;
    isEmpty: boolean;
  } {
    let mayContinue = true;
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#size = 0;
    for (const { data, encoding, callback } of chunks) mayContinue = write(data, encoding, callback);
    return { mayContinue, hasEnded: this.#hasEnded, isEmpty: chunks.length === 0 };
  }

  override _read(): void {
    const wasFull = this.#size >= HIGH_WATER_MARK;
    this.#isWaiting = true;
    while (this.#isWaiting && this.#chunks.length > 0) {
      const { data, encoding, callback } = this.#chunks.shift()!;
      this.#size -= data.length;
      if (callback !== undefined) process.nextTick(callback);
      this.#isWaiting = this.push(data, encoding);
    }
    if (this.#chunks.length > 0) return;
    if (this.#hasEnded) this.push(null);
    else if (wasFull) process.nextTick(this.#resume);
  }

  override _destroy(error: Error | null, callback: Callback): void {
    for (const chunk of this.#chunks.splice(0))
      if (chunk.callback !== undefined) process.nextTick(chunk.callback);
    process.nextTick(this.#resume);
    callback(error);
  }
}
