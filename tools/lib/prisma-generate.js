import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { binOf, buildFolder, root } from './paths.js';
import { runNode } from './run.js';

const stamp = join(buildFolder, 'prisma-generate.sha256');
/** The schemas, and where their generated code goes. */
const schemas = [
  { schema: 'prisma/schema.prisma', generated: 'apps/bookshop/src/generated' },
  { schema: 'test/conformance/signals/schema.prisma', generated: 'test/conformance/signals/generated' },
  { schema: 'test/prisma/schema.prisma', generated: 'test/prisma/generated' },
  { schema: 'test/conformance/orm/sqlite/schema.prisma', generated: 'test/conformance/orm/sqlite/generated' },
];

/** Generates the Prisma client and the model metadata, unless nothing they come from has changed. */
export async function prismaGenerate() {
  const hash = hashOfSources();
  const isThere = schemas.every(({ generated }) => existsSync(join(root, generated)));
  if (isThere && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  for (const { schema } of schemas) {
    await runNode(binOf('prisma'), ['generate', '--no-hints', '--schema', schema], {
      env: offlineEnvironment(),
    });
  }
  mkdirSync(buildFolder, { recursive: true });
  writeFileSync(stamp, hash);
}

/**
 * Makes the Prisma CLI run without a network.
 *
 * The CLI wants the schema engine's binary and downloads it where it is absent, though `generate` never starts it.
 * Any executable file satisfies it; Node's own is on every machine.
 */
function offlineEnvironment() {
  const offline = { CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1' };
  if (process.env.PRISMA_SCHEMA_ENGINE_BINARY || hasSchemaEngine()) return offline;
  return { ...offline, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath };
}

function hasSchemaEngine() {
  const require = createRequire(binOf('prisma'));
  const engines = dirname(require.resolve('@prisma/engines/package.json'));
  return readdirSync(engines).some((file) => file.startsWith('schema-engine-'));
}

function hashOfSources() {
  const hash = createHash('sha256');
  for (const file of sources())
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

/** What the generated code depends on: the schema, the generator and Prisma's version. */
function sources() {
  return [
    ...schemas.map(({ schema }) => schema),
    'prisma.config.ts',
    'node_modules/prisma/package.json',
    ...filesUnder('libs/orm/bin'),
    ...filesUnder('libs/orm/src/generator'),
    ...filesUnder('libs/orm/src/metadata'),
  ];
}

/** @param {string} folder */
function filesUnder(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.spec.ts'))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}
