/**
 * Sums up a run of CI in one line: `node tools/ci-summary.js REPORT…`, the reports being `{ passed, failed, skipped }`.
 * A report that is missing is a failure; so is, for the exit code, anything that was skipped.
 */
import { existsSync, readFileSync } from 'node:fs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** @type {Counts[]} */
const reports = process.argv
  .slice(2)
  .map((file) =>
    existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { passed: 0, failed: 1, skipped: 0 },
  );
const sum = (/** @type {keyof Counts} */ key) => reports.reduce((total, counts) => total + counts[key], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
process.exitCode = sum('failed') + sum('skipped') === 0 && sum('passed') > 0 ? 0 : 1;
