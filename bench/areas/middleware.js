import { heapContender } from '../lib/heap-contender.js';
import { httpContender } from '../lib/http-contender.js';

/** @param {string} kind */
const server = (kind) => new URL(`../servers/middleware-${kind}.js`, import.meta.url);
/** @param {string} kind */
const contender = (kind) => httpContender(server(kind), '/items');
/** @param {string} kind */
const counted = (kind) => heapContender(server(kind), '/items');

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
    name: 'an empty list and a slot of the request context, small JSON',
    against: 'bare Nest',
    unit: 'requests/s',
    goal: null,
    ours: () => contender('context'),
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
  {
    name: 'an empty list, heap',
    against: 'bare Nest',
    unit: 'requests per MB',
    goal: null,
    ours: () => counted('empty'),
    theirs: () => counted('none'),
  },
  {
    name: 'ten that pass, heap',
    against: 'ten functional Nest middleware that pass',
    unit: 'requests per MB',
    goal: null,
    ours: () => counted('ten'),
    theirs: () => counted('ten-functions'),
  },
];
