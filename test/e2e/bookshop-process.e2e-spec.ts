import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { sessionCookie } from './bookshop-contract.js';
import { BookshopProcess } from './bookshop-process.js';

describe('npm start', () => {
  let folder: string;
  beforeAll(() => BookshopProcess.build(), 180_000);
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bookshop-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('serves a seeded shop from an empty folder, ends on SIGTERM with 0, and finds its data again', async () => {
    let shop = await BookshopProcess.start({ DATA_FOLDER: folder });
    const { body: health } = await request(shop.address).get('/health').expect(200);
    expect(health).toEqual({ status: 'ok', database: 'pglite', cache: 'memory', sessions: 'database' });
    await request(shop.address).patch('/books/1').send({ name: 'Kept over a restart' }).expect(200);
    const visit = await request(shop.address).get('/visits').expect(200);
    expect(await shop.stop()).toBe(0);

    shop = await BookshopProcess.start({ DATA_FOLDER: folder });
    expect((await request(shop.address).get('/books/1')).body.name).toBe('Kept over a restart');
    const again = await request(shop.address)
      .get('/visits')
      .set('Cookie', `sessionid=${sessionCookie(visit)}`);
    expect(again.body).toEqual({ visits: 2 });
    expect((await request(shop.address).get('/books')).body.total).toBe(18);
    expect(await shop.stop()).toBe(0);
  }, 180_000);

  it('finishes a request that is under way before it ends, and takes no new one in', async () => {
    const shop = await BookshopProcess.start({ DATA_FOLDER: folder });
    const body = JSON.stringify({ bookId: 1, quantity: 1 });
    const order = httpRequest(`${shop.address}/cart/items`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Content-Length': body.length, Expect: '100-continue' },
    });
    const answered = once(order, 'response') as Promise<[IncomingMessage]>;
    order.flushHeaders();
    await once(order, 'continue');

    const code = shop.stop();
    while (await isAnswered(`${shop.address}/health`));
    order.end(body);
    const [response] = await answered;
    response.resume();
    expect(response.statusCode).toBe(201);
    expect(await code).toBe(0);
  }, 120_000);

  it('logs one line per request', async () => {
    const shop = await BookshopProcess.start({ DATA_FOLDER: folder });
    const { headers } = await request(shop.address).get('/books/4711').expect(404);
    await shop.stop();
    const lines = shop.output.split('\n').filter((line) => line.includes(String(headers['x-request-id'])));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/GET \/books\/4711 404 .*ms/);
  }, 120_000);

  describe('with a wrong configuration', () => {
    const failure = async (environment: Record<string, string>, port?: number) => {
      const command: [string, string] = [process.execPath, 'apps/bookshop/dist/main.js'];
      const shop = BookshopProcess.spawn(command, { DATA_FOLDER: folder, ...environment }, port);
      const code = await shop.exit();
      expect(code).not.toBe(0);
      expect(code).not.toBeNull();
      return shop.output;
    };

    it.each([
      ['DATABASE_URL', 'postgres//localhost', /DATABASE_URL.*postgresql:\/\//],
      ['DATABASE_URL', 'mysql://localhost/shop', /DATABASE_URL.*postgresql:\/\//],
      ['DATABASE_URL', 'postgresql://nobody@127.0.0.1:1/shop', /DATABASE_URL.*127\.0\.0\.1:1/],
      ['REDIS_URL', 'localhost:6379', /REDIS_URL.*redis:\/\//],
      ['PORT', 'eighty', /PORT.*eighty/],
    ])(
      'says what is wrong with %s=%s',
      async (name, value, message) => {
        const output = await failure({ [name]: value });
        expect(output.split('\n').filter((line) => message.test(line))).toHaveLength(1);
        expect(output).not.toMatch(/^\s+at /m);
      },
      60_000,
    );

    it('says which package is missing', async () => {
      const output = await failure({ NODE_OPTIONS: `--import=${withoutPackage('redis')}` });
      expect(output).toMatch(/"redis" is not installed.*npm install redis/);
      expect(output).not.toMatch(/^\s+at /m);
    }, 60_000);

    it('says that the port is in use', async () => {
      const other = createServer().listen(0, '127.0.0.1');
      await once(other, 'listening');
      const { port } = other.address() as { port: number };
      const output = await failure({}, port);
      other.close();
      expect(output).toMatch(new RegExp(`PORT.*${port}.*in use`));
    }, 60_000);

    it('says that it may not write to the data folder', async () => {
      // A file in the folder's place stops root as well, whom permissions do not.
      const output = await failure({ DATA_FOLDER: '/dev/null/data' });
      expect(output).toMatch(/DATA_FOLDER.*\/dev\/null\/data/);
      if (process.getuid?.() !== 0) {
        await chmod(folder, 0o500);
        expect(await failure({})).toMatch(/DATA_FOLDER/);
      }
    }, 60_000);
  });
});

/** Tells whether somebody takes requests in at an address. */
async function isAnswered(url: string): Promise<boolean> {
  return fetch(url, { headers: { Connection: 'close' } }).then(
    async (response) => (await response.text()) !== '',
    () => false,
  );
}

/** A module that, imported first, makes a package look as if it were not installed. */
function withoutPackage(name: string): string {
  const hooks = `export function resolve(specifier, context, next) {
    return next(specifier === ${JSON.stringify(name)} ? './' + specifier : specifier, context).catch((error) => {
      throw Object.assign(new Error("Cannot find package '${name}'"), { code: error.code });
    });
  }`;
  const register = `import { register } from 'node:module'; register(${JSON.stringify(dataUrl(hooks))});`;
  return dataUrl(register);
}

function dataUrl(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`;
}
