/**
 * What one has to know about a kind of server to start it.
 *
 * @typedef {object} ServerKind
 * @property {string} name
 * @property {string} command What a message calls it: `redis-server`.
 * @property {string} remedy How to get it: `apt-get install redis-server`.
 * @property {string} variable The environment variable that gives a running server instead.
 * @property {(port: number) => string} url
 * @property {() => boolean} isInstalled
 * @property {(folder: string, runAs: RunAs) => Promise<void>} [prepare] Makes the data folder, once.
 * @property {(folder: string, port: number) => readonly [command: string, args: readonly string[]]} commandLine
 * @property {(port: number) => Promise<boolean>} isReady Answers false, or throws, until it serves.
 * @property {NodeJS.Signals} stopSignal Ends it at once; what it holds is thrown away anyway.
 *
 * @typedef {{ uid: number, gid: number } | {}} RunAs The user to drop to; empty where there is nothing to drop.
 */
export {};
