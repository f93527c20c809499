import { join, relative } from 'node:path';
import { build } from './build.js';
import { connectConfigured } from './lib/configured-database.js';
import { root } from './lib/paths.js';
import { readArguments } from './lib/read-arguments.js';
import { runMain } from './lib/run.js';
import { step } from './lib/step.js';

const usage = `Usage: npm run migrate -- [--status | --create NAME]
  (nothing)      applies the pending migrations to DATABASE_URL, or to PGlite in DATA_FOLDER (.data)
  --status       tells which migrations are applied, and changes nothing
  --create NAME  writes the migration that leads to prisma/schema.prisma; needs no database`;

const directory = join(root, 'prisma', 'migrations');

/** @returns {Promise<typeof import('@nest-quintet/orm/migrations')>} */
const migrations = () => import('@nest-quintet/orm/migrations');

/** @param {string} name */
async function create(name) {
  const [{ createMigration }, { PGlite }, { PrismaPGlite }] = await Promise.all([
    migrations(),
    import('@electric-sql/pglite'),
    import('pglite-prisma-adapter'),
  ]);
  const trial = new PGlite();
  const adapter = new PrismaPGlite(trial);
  // Nothing but the migrations ever goes into the trial database, which can therefore be the shadow database too.
  adapter.connectToShadowDb = () => adapter.connect();
  const path = await step('Comparing the schema with the migrations', () =>
    createMigration({ name, directory, schema: join(root, 'prisma', 'schema.prisma'), adapter }),
  );
  console.log(path ? `Wrote ${relative(root, path)}` : 'The migrations lead to the schema already.');
  await trial.close();
}

async function apply() {
  const { applyMigrations } = await migrations();
  await connectConfigured(async ({ adapter }) => {
    const applied = await applyMigrations({
      adapter,
      directory,
      onProgress: ({ name, position, total }) => console.log(`${position}/${total} ${name}`),
    });
    if (applied.length === 0) console.log('Nothing to apply.');
  });
}

async function status() {
  const { migrationStatus } = await migrations();
  await connectConfigured(async ({ adapter }) => {
    const { applied, pending, edited, failed, unknown } = await migrationStatus({ adapter, directory });
    const states = { applied, pending, edited, failed, 'not in the folder': unknown };
    for (const [state, names] of Object.entries(states)) {
      for (const name of names) console.log(`${name}  ${state}`);
    }
    if (pending.length + edited.length + failed.length > 0) process.exitCode = 1;
  });
}

await runMain(async () => {
  const { values } = readArguments(usage, {
    options: { create: { type: 'string' }, status: { type: 'boolean' } },
  });
  await build();
  if (values.create !== undefined) await create(values.create);
  else await (values.status ? status() : apply());
});
