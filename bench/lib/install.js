import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from '../../tools/build.js';
import { npm } from '../../tools/lib/npm.js';
import { libraries, root } from '../../tools/lib/paths.js';
import { step } from '../../tools/lib/step.js';

const bench = join(root, 'bench');
const modules = join(bench, 'node_modules');

/**
 * Installs the peers, on the first run and when their lock file has changed, and puts our built packages beside them.
 *
 * They are copied and not linked, so that ours and theirs run on one and the same copy of Nest.
 */
export async function install() {
  const lock = readFileSync(join(bench, 'package-lock.json'), 'utf8');
  const stamp = join(modules, '.quintet-lock');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
    await step('Installing the peers', () =>
      npm(['ci', '--prefer-offline', '--no-audit', '--no-fund'], { cwd: bench }),
    );
    writeFileSync(stamp, lock);
  }
  await build({ app: false });
  for (const name of libraries) {
    const target = join(modules, '@nest-quintet', name);
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target, { recursive: true });
    for (const part of ['dist', 'package.json'])
      cpSync(join(root, 'libs', name, part), join(target, part), { recursive: true });
  }
}
