import { getManyContender, mgetContender } from '../lib/many-contenders.js';
import { valueContender } from '../lib/value-contenders.js';

const peers = ['cache-manager', 'cacheable', 'bentocache'];

/** @type {import('../lib/value-contenders.js').Operation[]} */
const operations = ['get', 'set', 'getOrSet'];

/** @type {import('../lib/race.js').Race[]} */
export const races = operations.map((operation) => ({
  name: `memory ${operation}()${operation === 'set' ? '' : ', hit'}`,
  unit: 'calls/s',
  opponents: peers.map((name) => ({ name, goal: 1 })),
  open: () => Promise.all(['ours', ...peers].map((name) => valueContender(name, operation))),
}));

/** @type {import('../lib/case.js').Case[]} */
export const cases = [
  {
    name: 'Redis getMany() of 100',
    against: 'one MGET of the bare client',
    unit: 'calls/s',
    goal: 0.8,
    ours: getManyContender,
    theirs: mgetContender,
  },
];
