import { build } from './build.js';
import { connectConfigured, importBookshop } from './lib/configured-database.js';
import { readArguments } from './lib/read-arguments.js';
import { runMain, StepFailedError } from './lib/run.js';

const usage = `Usage: npm run clear-sessions -- [--batch N]
  (nothing)   removes the expired sessions of DATABASE_URL, or of PGlite in DATA_FOLDER (.data)
  --batch N   removes N rows at a time (1000), which is how long any of them is locked`;

/** @param {string} text */
function readBatch(text) {
  const batch = Number(text);
  if (Number.isSafeInteger(batch) && batch > 0) return batch;
  throw new StepFailedError(`--batch: "${text}" is no whole number above 0.\n${usage}`);
}

const isTerminal = process.stderr.isTTY;
let next = 0;

/** @param {number} removed */
function show(removed) {
  const now = performance.now();
  if (now < next) return;
  next = now + (isTerminal ? 100 : 2000);
  process.stderr.write(
    `${isTerminal ? '\r' : ''}Removed ${removed} expired sessions …${isTerminal ? '' : '\n'}`,
  );
}

await runMain(async () => {
  const { values } = readArguments(usage, { options: { batch: { type: 'string', default: '1000' } } });
  const batchSize = readBatch(values.batch);
  await build();
  const { prepareTables, withDatabase } = await importBookshop('prepare');
  const { prismaEngine } = await import('@nest-quintet/sessions/prisma');
  await connectConfigured(async (connection) => {
    await prepareTables(connection);
    const removed = await withDatabase(connection, (database) =>
      prismaEngine({ database }).clearExpired({ batchSize, onProgress: show }),
    );
    console.log(`Removed ${removed} expired sessions.`);
  });
});
