import { askKeeper, type KeptServer } from './keeper-client.js';

/** A running server. One that a suite started for itself can be paused, killed and brought back. */
export abstract class TestServer {
  #pid: number | undefined;

  constructor(protected readonly kept: KeptServer) {
    this.#pid = kept.pid;
  }

  get url(): string {
    return this.kept.url;
  }

  /** The server's main process; `undefined` where the server was given from outside. */
  get pid(): number | undefined {
    return this.#pid;
  }

  /** Starts the names of what one suite puts into a server that others use too. */
  get prefix(): string {
    return `suite${this.kept.number}:`;
  }

  /** Stops its clock: connections stay open and nothing answers. */
  async pause(): Promise<void> {
    await this.#control('pause');
  }

  async resume(): Promise<void> {
    await this.#control('resume');
  }

  /** Ends it the hard way, as a crash would. */
  async kill(): Promise<void> {
    await this.#control('kill');
  }

  /** Starts it again, on the same port, over what its data folder holds. */
  async restart(): Promise<void> {
    await this.#control('restart');
  }

  /** Ends it for good and removes its data folder. */
  async stop(): Promise<void> {
    await this.#control('stop');
  }

  /** Removes what this suite left in a server that goes on running. */
  async release(): Promise<void> {}

  async #control(operation: string): Promise<void> {
    if (this.kept.handle === undefined)
      throw new Error(`Cannot ${operation} a server that was given from outside.`);
    const { pid } = await askKeeper<{ pid?: number }>('control', this.kept.handle, operation);
    this.#pid = pid;
  }
}
