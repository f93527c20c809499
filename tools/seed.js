import { build } from './build.js';
import { connectConfigured, importBookshop } from './lib/configured-database.js';
import { progressBar } from './lib/progress-bar.js';
import { readArguments } from './lib/read-arguments.js';
import { runMain, StepFailedError } from './lib/run.js';

const usage = `Usage: npm run seed -- [--scale N] [--replace]
  (nothing)    fills the empty tables of DATABASE_URL, or of PGlite in DATA_FOLDER (.data)
  --scale N    writes N times as many rows, for benchmarks
  --replace    removes the rows that are there`;

/** @param {string} text */
function readScale(text) {
  const scale = Number(text);
  if (Number.isSafeInteger(scale) && scale > 0) return scale;
  throw new StepFailedError(`--scale: "${text}" is no whole number above 0.\n${usage}`);
}

await runMain(async () => {
  const { values } = readArguments(usage, {
    options: { scale: { type: 'string', default: '1' }, replace: { type: 'boolean', default: false } },
  });
  const scale = readScale(values.scale);
  await build();
  const { prepareTables, withDatabase } = await importBookshop('prepare');
  const { seedDatabase } = await importBookshop('seed');
  await connectConfigured(async (connection) => {
    await prepareTables(connection);
    const bar = progressBar('Writing rows');
    const rows = await withDatabase(connection, (database) =>
      seedDatabase(database, { scale, replace: values.replace, onProgress: bar.show }),
    );
    bar.end();
    console.log(
      rows > 0
        ? `Wrote ${rows} rows.`
        : 'The shop has rows already, and nothing was written; --replace removes them first.',
    );
  });
});
