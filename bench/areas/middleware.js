import { httpContender } from '../lib/http-contender.js';

/** @param {string} kind */
const contender = (kind) =>
  httpContender(new URL(`../servers/middleware-${kind}.js`, import.meta.url), '/items');

/** @type {import('../lib/case.js').Case[]} */
export const cases = [
  {
    name: 'an empty list, small JSON',
    against: 'bare Nest',
    unit: 'requests/s',
    goal: 0.95,
    ours: () => contender('empty'),
    theirs: () => contender('none'),
  },
  {
    name: 'ten that pass, small JSON',
    against: 'ten functional Nest middleware that pass',
    unit: 'requests/s',
    goal: 0.95,
    ours: () => contender('ten'),
    theirs: () => contender('ten-functions'),
  },
];
