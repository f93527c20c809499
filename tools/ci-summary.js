/**
 * Sums up a run of CI in one line: `node tools/ci-summary.js TESTS.json PARTS.json`, as Jest and `npm run check` wrote
 * them. A report that is missing is a failure; so is, for the exit code, anything that was skipped.
 */
import { existsSync, readFileSync } from 'node:fs';

const [testsFile = '', partsFile = ''] = process.argv.slice(2);

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** @type {Counts} */
const missing = { passed: 0, failed: 1, skipped: 0 };

/** @returns {Counts} */
function tests() {
  const report = read(testsFile);
  if (!report) return missing;
  return {
    passed: report.numPassedTests,
    // A suite that could not run has no tests to count.
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** @returns {Counts} */
function parts() {
  const report = read(partsFile);
  return report ? { passed: report.passed.length, failed: report.failed.length, skipped: 0 } : missing;
}

/** @param {string} file */
function read(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

const all = [tests(), parts()];
const sum = (/** @type {keyof Counts} */ key) => all.reduce((total, counts) => total + counts[key], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
process.exitCode = sum('failed') + sum('skipped') === 0 && sum('passed') > 0 ? 0 : 1;
