import { readdirSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the checkout. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** What the tools make and may throw away at any time. */
export const buildFolder = join(root, '.build');

/** The folder names of all libraries, in alphabetical order. */
export const libraries = readdirSync(join(root, 'libs'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();

/** `PATH` with the project's own commands first, as npm sets it for scripts. */
export const pathWithBins = [join(root, 'node_modules', '.bin'), process.env.PATH ?? ''].join(delimiter);

/**
 * Finds the script behind a command of an installed package, so that it runs without a shell on every platform.
 *
 * @param {string} packageName
 * @param {string} [command] The command's name where the package has several.
 * @returns {string}
 */
export function binOf(packageName, command = packageName) {
  const folder = join(root, 'node_modules', packageName);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof bin === 'string' ? bin : bin[command]);
}
