import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Finds the folder that holds all of the given commands: on `PATH`, or where a distribution hides them.
 *
 * @param {readonly string[]} commands
 * @param {readonly string[]} [hidden] Folders beside `PATH`, the best one first.
 * @returns {string | undefined}
 */
export function findFolderOf(commands, hidden = []) {
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), ...hidden];
  return folders.find((folder) => commands.every((command) => isExecutable(join(folder, command))));
}

/**
 * Lists `<parent>/<version>/bin`, the newest version first.
 *
 * @param {string} parent
 */
export function versionedBins(parent) {
  try {
    return readdirSync(parent)
      .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
      .map((version) => join(parent, version, 'bin'));
  } catch {
    return [];
  }
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
