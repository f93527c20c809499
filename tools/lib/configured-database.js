import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './paths.js';
import { StepFailedError } from './run.js';

/** @typedef {import('../../apps/bookshop/src/database/connect.js').DatabaseConnection} DatabaseConnection */

/**
 * Imports a built module of the bookshop's database folder.
 *
 * @template {'connect' | 'prepare' | 'seed'} Name
 * @param {Name} name
 * @returns {Promise<{
 *   connect: typeof import('../../apps/bookshop/src/database/connect.js'),
 *   prepare: typeof import('../../apps/bookshop/src/database/prepare.js'),
 *   seed: typeof import('../../apps/bookshop/src/database/seed.js'),
 * }[Name]>}
 */
export function importBookshop(name) {
  return import(pathToFileURL(join(root, 'apps', 'bookshop', 'dist', 'database', `${name}.js`)).href);
}

/**
 * Opens the database that the environment names, for the time of `work`.
 *
 * @param {(connection: DatabaseConnection) => Promise<void>} work
 */
export async function connectConfigured(work) {
  const { connectDatabase } = await importBookshop('connect');
  const { DATABASE_URL: databaseUrl, DATA_FOLDER: dataFolder } = process.env;
  try {
    const connection = await connectDatabase({ databaseUrl, dataFolder: dataFolder || join(root, '.data') });
    try {
      await work(connection);
    } finally {
      await connection.close();
    }
  } catch (error) {
    // What the user can mend is told in one sentence; the stack would only hide it.
    if (error instanceof Error && isQuintetError(error)) throw new StepFailedError(error.message);
    throw error;
  }
}

/** @param {Error} error */
function isQuintetError(error) {
  return ['ImproperlyConfiguredError', 'MigrationError'].includes(error.name);
}
