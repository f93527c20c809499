import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** @typedef {import('./case.js').Result} Result */

/**
 * Prints results as a table.
 *
 * @param {readonly Result[]} results
 */
export function print(results) {
  const rows = results.map((result) => [
    result.case,
    result.against,
    `${result.ours} ${result.unit}`,
    `${result.theirs} ${result.unit}`,
    `${result.ratio.toFixed(2)} (${result.min.toFixed(2)} to ${result.max.toFixed(2)}, ${result.runs} runs)`,
    result.goal === null ? '' : `${result.goal}${result.ratio >= result.goal ? '' : ' missed'}`,
  ]);
  const table = [['case', 'against', 'ours', 'theirs', 'ours / theirs', 'goal'], ...rows];
  const widths =
    table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of table)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}

/**
 * Writes results as JSON.
 *
 * @param {string} file
 * @param {string} bench
 * @param {readonly Result[]} results
 */
export function write(file, bench, results) {
  const report = {
    bench,
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    date: new Date().toISOString(),
    results,
  };
  writeFileSync(file, `${JSON.stringify(report, null, 1)}\n`);
}
