import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { binOf, root } from '../../tools/lib/paths.js';
import { runNode } from '../../tools/lib/run.js';
import { postgres } from '../../test/support/servers/postgres.js';
import { ServerProcess } from '../../test/support/servers/server-process.js';

/** @typedef {'create' | 'update' | 'findUnique' | 'nested'} Operation */

/** What belongs to the bookshop is resolved from there: one copy of Prisma, and of our packages, as an application has it. */
const fromApp = createRequire(join(root, 'apps', 'bookshop', 'package.json'));
/** @param {string} name */
const load = (name) => import(pathToFileURL(fromApp.resolve(name)).href);
/** @param {string} file */
const loadBuilt = (file) => import(pathToFileURL(join(root, 'apps', 'bookshop', 'dist', file)).href);

/** @type {Promise<ServerProcess> | undefined} */
let server;
let users = 0;

/**
 * @param {Operation} operation
 * @param {{ isOurs: boolean, hasReceivers: boolean }} options
 */
export async function prismaContender(operation, { isOurs, hasReceivers }) {
  if (users++ === 0) {
    await runNode(binOf('typescript', 'tsc'), ['-b', 'apps/bookshop']);
    server = ServerProcess.start(postgres);
  }
  const { PrismaPg } = await load('@prisma/adapter-pg');
  const { PrismaClient } = await loadBuilt('generated/prisma/client.js');
  const connectionString = await database((await server)?.url ?? '', isOurs ? 'ours' : 'theirs');
  const adapter = new PrismaPg({ connectionString });
  const { applyMigrations } = await load('@nest-quintet/orm/migrations');
  await applyMigrations({ adapter, directory: join(root, 'prisma', 'migrations') });
  const { client, disconnect } = isOurs
    ? await openOurs(adapter, PrismaClient, hasReceivers)
    : openTheirs(new PrismaClient({ adapter }));
  const author = await client.author.create({ data: { name: 'A', age: 1 } });
  let n = 0;
  const calls = {
    create: () => client.author.create({ data: { name: 'N', age: 1 } }),
    update: () => client.author.update({ where: { id: author.id }, data: { age: n++ } }),
    findUnique: () => client.author.findUnique({ where: { id: author.id } }),
    nested: () =>
      client.customer.create({
        data: {
          name: 'C',
          orders: {
            create: [1, 2].map(() => ({ totalPrice: 1, discountedPrice: 1, placedAt: new Date() })),
          },
        },
      }),
  };
  return {
    /** @param {number} seconds */
    async measure(seconds) {
      const start = performance.now();
      const end = start + seconds * 1000;
      let made = 0;
      for (; performance.now() < end; made++) await calls[operation]();
      return made / ((performance.now() - start) / 1000);
    },
    async close() {
      await disconnect();
      if (--users === 0) await (await server)?.stop();
    },
  };
}

/** @param {any} client */
function openTheirs(client) {
  return { client, disconnect: () => client.$disconnect() };
}

/**
 * @param {unknown} adapter
 * @param {any} PrismaClient
 * @param {boolean} hasReceivers
 */
async function openOurs(adapter, PrismaClient, hasReceivers) {
  const { modelSignals, postSave, PrismaDatabase } = await load('@nest-quintet/orm');
  const { SignalDispatcher } = await load('@nest-quintet/signals');
  const { schema } = await loadBuilt('generated/quintet/index.js');
  const dispatcher = new SignalDispatcher();
  const database = new PrismaDatabase('default', {
    adapter,
    client: (/** @type {unknown} */ wrapped) => new PrismaClient({ adapter: wrapped }),
    schema,
    extensions: [modelSignals(dispatcher)],
  });
  await database.connect();
  if (hasReceivers) dispatcher.connect(postSave, () => {});
  return { client: database.client, disconnect: () => database.disconnect() };
}

/**
 * @param {string} url
 * @param {string} name
 */
async function database(url, name) {
  const { default: pg } = await load('pg');
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.end();
  const own = new URL(url);
  own.pathname = `/${name}`;
  return own.href;
}
