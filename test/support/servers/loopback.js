import { createServer, connect } from 'node:net';

/** Every server of the tests listens here and nowhere else. */
export const loopback = '127.0.0.1';

/**
 * Finds a port that nobody listens on.
 *
 * @returns {Promise<number>}
 */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, loopback, () => {
      const address = probe.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}

/**
 * Sends one line to a server and returns the start of its answer.
 *
 * @param {number} port
 * @param {string} line
 * @returns {Promise<string>}
 */
export function ask(port, line) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, loopback, () => socket.write(`${line}\r\n`));
    socket.setTimeout(1000, () => socket.destroy(new Error('no answer')));
    socket.once('data', (data) => {
      resolve(data.toString());
      socket.destroy();
    });
    socket.once('error', reject);
    socket.once('end', () => reject(new Error('closed')));
  });
}
