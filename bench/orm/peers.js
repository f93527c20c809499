import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../../tools/lib/paths.js';

const fromApp = createRequire(join(root, 'apps', 'bookshop', 'package.json'));

/**
 * Loads what belongs to the bookshop from there: one copy of Prisma and of our packages, as an application has it.
 *
 * @param {string} name
 * @returns {Promise<any>}
 */
export const ofApp = (name) => import(pathToFileURL(fromApp.resolve(name)).href);

/**
 * @param {string} file
 * @returns {Promise<any>}
 */
export const builtOfApp = (file) => import(pathToFileURL(join(root, 'apps', 'bookshop', 'dist', file)).href);
