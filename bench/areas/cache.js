import { httpContender } from '../lib/http-contender.js';

const server = (/** @type {string} */ name) => new URL(`../servers/${name}.js`, import.meta.url);

/**
 * Makes sure that every answer came from the cache: the handler ran once, for the first request.
 *
 * @param {string} origin
 */
async function expectHits(origin) {
  /** @type {number[]} */
  const runs = JSON.parse(await (await fetch(`${origin}/runs`)).text());
  if (runs.some((count) => count > 1)) throw new Error(`The handlers ran ${runs.join(' and ')} times.`);
}

/** @type {[name: string, path: string][]} */
const pages = [
  ['page hit, 1 KB', '/small'],
  ['page hit, 52 KB', '/large'],
];

/** @type {import('../lib/case.js').Case[]} */
export const cases = pages.flatMap(([name, path]) => {
  const ours = () => httpContender(server('cache-page'), path, expectHits);
  return [
    {
      name,
      against: 'a Nest handler that ends a ready Buffer',
      unit: 'requests/s',
      goal: 0.95,
      ours,
      theirs: () => httpContender(server('ready-buffer'), path),
    },
    {
      name,
      against: "@nestjs/cache-manager's CacheInterceptor",
      unit: 'requests/s',
      goal: null,
      ours,
      theirs: () => httpContender(server('cache-interceptor'), path, expectHits),
    },
  ];
});
