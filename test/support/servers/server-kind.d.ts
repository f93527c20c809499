/** What one has to know about a kind of server to start it. */
export interface ServerKind {
  name: string;
  /** What a message calls it: `redis-server`. */
  command: string;
  /** How to get it: `apt-get install redis-server`. */
  remedy: string;
  /** The environment variable that gives a running server instead. */
  variable: string;
  url(port: number): string;
  isInstalled(): boolean;
  /** Makes the data folder, once. */
  prepare?(folder: string, user: RunAs): Promise<void>;
  commandLine(folder: string, port: number): readonly [command: string, args: readonly string[]];
  /** Answers false, or throws, until it serves. */
  isReady(port: number): Promise<boolean>;
  /** Ends it at once; what it holds is thrown away anyway. */
  stopSignal: NodeJS.Signals;
}

/** The user to drop to; empty where there is nothing to drop. */
export type RunAs = { uid: number; gid: number } | Record<string, never>;
