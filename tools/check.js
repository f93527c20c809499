import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { build } from './build.js';
import { packLibraries } from './lib/pack.js';
import { binOf } from './lib/paths.js';
import { readArguments } from './lib/read-arguments.js';
import { runMain, runNode, StepFailedError } from './lib/run.js';
import { seconds } from './lib/step.js';

const usage = `Usage: npm run check -- [--no-tests] [--only PART] [--json FILE]
  format     prettier
  lint       oxlint, with types
  types      tsc over everything, tests and tools included
  direction  which library may import which
  packages   publint and arethetypeswrong over what would be published
  tests      npm test`;

/** @type {Record<string, () => Promise<unknown>>} */
export const parts = {
  format: () => runNode(binOf('prettier'), ['--check', '.', '--log-level', 'warn']),
  lint: () => runNode(binOf('oxlint'), []),
  types: () => build({ types: true }),
  direction: () =>
    runNode(binOf('dependency-cruiser', 'depcruise'), ['--config', '.dependency-cruiser.js', 'libs']),
  packages: checkPackages,
  tests: () => runNode('tools/test.js', [], { show: true }),
};

async function checkPackages() {
  await build({ app: false });
  const folder = mkdtempSync(join(tmpdir(), 'quintet-packages-'));
  try {
    for (const tarball of Object.values(await packLibraries(folder))) {
      await runNode(binOf('publint'), ['run', tarball, '--strict']);
      await runNode(binOf('@arethetypeswrong/cli', 'attw'), [tarball, '--profile', 'esm-only']);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Runs parts one after the other, each with its line; a part that fails stops none of the others.
 *
 * @param {readonly string[]} names
 * @returns {Promise<string[]>} The parts that failed.
 */
export async function check(names) {
  const failed = [];
  for (const name of names) {
    const start = performance.now();
    try {
      await parts[name]?.();
      console.log(`✓ ${name} (${seconds(start)})`);
    } catch (error) {
      failed.push(name);
      console.log(`✗ ${name} (${seconds(start)}): ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return failed;
}

if (process.argv[1] === import.meta.filename) {
  await runMain(async () => {
    const { values } = readArguments(usage, {
      options: { 'no-tests': { type: 'boolean' }, only: { type: 'string' }, json: { type: 'string' } },
    });
    if (values.only !== undefined && !parts[values.only]) throw new StepFailedError(usage);
    const names = Object.keys(parts).filter(
      (name) => (values.only ?? name) === name && !(values['no-tests'] && name === 'tests'),
    );
    const failed = await check(names);
    if (values.json) {
      const counts = { passed: names.length - failed.length, failed: failed.length, skipped: 0 };
      writeFileSync(values.json, JSON.stringify(counts));
    }
    if (failed.length > 0) throw new StepFailedError(`Failed: ${failed.join(', ')}.`);
  });
}
