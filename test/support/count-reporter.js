import { writeFileSync } from 'node:fs';

/**
 * Writes how many tests passed, failed and were skipped into the file that `QUINTET_TEST_REPORT` names.
 *
 * Jest's own `--json` gives up on a failure whose error refers to itself, and then says nothing at all.
 */
export default class CountReporter {
  /**
   * @param {unknown} _contexts
   * @param {import('@jest/test-result').AggregatedResult} results
   */
  onRunComplete(_contexts, results) {
    const report = {
      passed: results.numPassedTests,
      // A suite that could not run has no tests to count.
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests + results.numTodoTests,
    };
    if (process.env.QUINTET_TEST_REPORT)
      writeFileSync(process.env.QUINTET_TEST_REPORT, JSON.stringify(report));
  }
}
