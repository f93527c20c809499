/**
 * Loads one of the benchmark's own dependencies, which a type check finds only once they are installed.
 *
 * @param {string} name
 * @returns {Promise<any>}
 */
export const peer = (name) => import(name);
