import { join } from 'node:path';
import { npm } from './npm.js';
import { libraries } from './paths.js';

/**
 * Packs every library as it would be published.
 *
 * @param {string} folder Where the tarballs go.
 * @returns {Promise<Record<string, string>>} The tarball of each package by its name.
 */
export async function packLibraries(folder) {
  const workspaces = libraries.flatMap((name) => ['--workspace', `libs/${name}`]);
  const output = await npm([
    'pack',
    '--json',
    '--loglevel=error',
    '--pack-destination',
    folder,
    ...workspaces,
  ]);
  const packed = Object.values(JSON.parse(output.slice(output.search(/^[[{]/m))));
  return Object.fromEntries(packed.map(({ name, filename }) => [name, join(folder, filename)]));
}
