import { heldContender } from '../lib/held-contender.js';
import { httpContender } from '../lib/http-contender.js';

/** @param {string} kind */
const server = (kind) => new URL(`../servers/toolbar-${kind}.js`, import.meta.url);
/** @param {string} kind */
const contender = (kind) => httpContender(server(kind), '/items');

/** @type {import('../lib/case.js').Case[]} */
export const cases = [
  {
    name: 'switched off, small JSON',
    against: 'no toolbar',
    unit: 'requests/s',
    goal: 0.99,
    ours: () => contender('disabled'),
    theirs: () => contender('absent'),
  },
  {
    name: 'switched on, small JSON',
    against: 'no toolbar',
    unit: 'requests/s',
    goal: null,
    ours: () => contender('enabled'),
    theirs: () => contender('absent'),
  },
  {
    name: 'switched on, held after 100,000 requests',
    against: 'no toolbar',
    unit: 'heaps per GB',
    goal: null,
    ours: () => heldContender(server('enabled'), '/items'),
    theirs: () => heldContender(server('absent'), '/items'),
  },
];
