import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from '../../tools/build.js';
import { npm } from '../../tools/lib/npm.js';
import { libraries, root } from '../../tools/lib/paths.js';
import { step } from '../../tools/lib/step.js';

const bench = join(root, 'bench');
const modules = join(bench, 'node_modules');

const ours = join(modules, '@nest-quintet');

/** Installs the peers, on the first run and when their lock file has changed. */
export async function installPeers() {
  const lock = readFileSync(join(bench, 'package-lock.json'), 'utf8');
  const stamp = join(modules, '.quintet-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  await step('Installing the peers', () =>
    npm(['ci', '--prefer-offline', '--no-audit', '--no-fund'], { cwd: bench }),
  );
  writeFileSync(stamp, lock);
}

/**
 * Puts our built packages beside the peers as long as `work` lasts.
 *
 * They are copied and not linked, so that ours and theirs run on one and the same copy of Nest; what they bring
 * themselves is linked.
 *
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withOurPackages(work) {
  await build({ app: false });
  rmSync(ours, { recursive: true, force: true });
  try {
    for (const name of libraries) copy(name);
    return await work();
  } finally {
    // What stays would be taken for the packages themselves by the next type check.
    rmSync(ours, { recursive: true, force: true });
  }
}

/** @param {string} name */
function copy(name) {
  const [source, target] = [join(root, 'libs', name), join(ours, name)];
  for (const part of ['dist', 'package.json'])
    cpSync(join(source, part), join(target, part), { recursive: true });
  const { dependencies = {} } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
  for (const dependency of Object.keys(dependencies)) {
    if (dependency.startsWith('@nest-quintet/')) continue;
    const link = join(target, 'node_modules', dependency);
    mkdirSync(dirname(link), { recursive: true });
    const installed = [source, root]
      .map((folder) => join(folder, 'node_modules', dependency))
      .find(existsSync);
    symlinkSync(/** @type {string} */ (installed), link, 'dir');
  }
}
