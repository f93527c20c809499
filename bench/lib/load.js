/**
 * Puts load on one URL: `node load.js URL SECONDS [FIRST]`; prints { requests, requestsPerSecond }.
 *
 * With FIRST each connection is a visitor of its own, who asks for that path once and keeps the cookie of the answer.
 *
 * It does little per response, so that the server is the slower of the two: connections are kept, requests are ready
 * bytes, and of an answer only the status and the length are read. An answer that is not 200 ends it.
 */
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';

const connections = 32;
const [url = '', seconds = '', first] = process.argv.slice(2);
const { hostname, port, pathname, host } = new URL(url);
const cookies = await Promise.all(Array.from({ length: connections }, welcome));

const start = performance.now();
const deadline = start + Number(seconds) * 1000;
let requests = 0;

await Promise.all(cookies.map(visit));
const elapsed = (performance.now() - start) / 1000;
process.stdout.write(JSON.stringify({ requests, requestsPerSecond: requests / elapsed }));

/** Returns the header with the cookie of a new visitor; nothing where nobody needs one. */
async function welcome() {
  if (first === undefined) return '';
  const response = await fetch(new URL(first, url));
  const [cookie] = response.headers.getSetCookie();
  if (cookie === undefined) throw new Error(`${first} sets no cookie.`);
  return `Cookie: ${cookie.split(';', 1)[0]}\r\n`;
}

/**
 * Asks again and again on one connection, until the time is over.
 *
 * @param {string} cookie
 */
function visit(cookie) {
  const request = `GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\nAccept: */*\r\n${cookie}\r\n`;
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(request));
    socket.setNoDelay(true);
    socket.setTimeout(10_000, () => socket.destroy(new Error(`${url} does not answer.`)));
    /** The bytes of the answer that are still to come; -1 while its head is awaited. */
    let missing = -1;
    /** @type {Buffer} */
    let head = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      if (missing < 0) {
        head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) return;
        missing = lengthIn(head.toString('latin1', 0, end)) - (head.length - end - 4);
        head = Buffer.alloc(0);
      } else {
        missing -= chunk.length;
      }
      if (missing > 0) return;
      missing = -1;
      requests++;
      if (performance.now() < deadline) socket.write(request);
      else socket.end();
    });
    socket.once('error', reject);
    socket.once('close', resolve);
  });
}

/**
 * @param {string} head
 * @returns {number}
 */
function lengthIn(head) {
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (!head.startsWith('HTTP/1.1 200') || length === undefined) throw new Error(`${url} answered:\n${head}`);
  return Number(length);
}
