import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from './build.js';
import { jest } from './lib/jest.js';
import { readArguments } from './lib/read-arguments.js';
import { runMain, StepFailedError } from './lib/run.js';
import { step } from './lib/step.js';

const areas = ['orm', 'signals', 'cache_api', 'cache_http', 'fragments', 'sessions', 'middleware'];
const databases = ['pglite', 'postgresql', 'sqlite'];

const usage = `Usage: npm run conformance -- [--area AREA] [--database DATABASE] [--cases FILE] [--only PREFIX] [--json FILE]
  --area      ${areas.join(' | ')}; all that have an evaluator where not given
  --database  ${databases.join(' | ')}
  --cases     another file of cases of the same form, for one area
  --only      only the cases whose id starts so
  --json      writes { area, cases: [{ id, status, detail }] }, in a list where no area was given`;

/** @typedef {{ area: string, database: string, cases: { id: string, status: string, detail: string | null }[], listedInVain: string[], problem?: string }} Report */

await runMain(async () => {
  const { values } = readArguments(usage, {
    options: {
      area: { type: 'string' },
      database: { type: 'string', default: 'pglite' },
      cases: { type: 'string' },
      only: { type: 'string' },
      json: { type: 'string' },
    },
  });
  expectOneOf('area', values.area, areas);
  expectOneOf('database', values.database, databases);
  if (values.cases && !values.area) throw new StepFailedError('--cases needs the --area of its cases.');
  await build({ app: false });

  const folder = mkdtempSync(join(tmpdir(), 'quintet-conformance-'));
  const report = join(folder, 'report.json');
  const request = { ...values, cases: values.cases && resolve(values.cases), report };
  try {
    const { code, output } = await step('Running the recorded cases', () =>
      jest(['test/conformance/conformance.spec.ts', '-t', 'is what we do'], {
        show: false,
        env: { QUINTET_CONFORMANCE: JSON.stringify(request) },
      }),
    );
    if (!existsSync(report)) throw new StepFailedError(output);
    /** @type {Report[]} */
    const reports = JSON.parse(readFileSync(report, 'utf8'));
    for (const each of reports) print(each);
    if (values.json) {
      const written = reports.map(({ area, cases }) => ({ area, cases }));
      writeFileSync(values.json, `${JSON.stringify(values.area ? written[0] : written, null, 1)}\n`);
    }
    const isRun = reports.every(({ problem }) => problem === undefined);
    if (code !== 0 && isRun) throw new StepFailedError('differences.json and what happened do not agree.');
    if (!isRun) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/**
 * @param {string} option
 * @param {string | undefined} value
 * @param {string[]} choices
 */
function expectOneOf(option, value, choices) {
  if (value === undefined || choices.includes(value)) return;
  throw new StepFailedError(`--${option}: there is no "${value}". Choices are: ${choices.join(', ')}.`);
}

/** @param {Report} report */
function print({ area, database, cases, listedInVain, problem }) {
  if (problem !== undefined) return console.log(`${area}: ${problem}`);
  for (const { id, status, detail } of cases)
    if (status === 'fail') console.log(`FAIL ${id}\n     ${detail}`);
  for (const id of listedInVain)
    console.log(`LISTED IN VAIN ${id}: it passes; remove its line from differences.json`);
  const count = (/** @type {string} */ status) => cases.filter((each) => each.status === status).length;
  const counts = `${count('pass')} pass, ${count('fail')} fail, ${count('difference')} differ`;
  console.log(`${area} on ${database}: ${counts}, of ${cases.length}`);
}
