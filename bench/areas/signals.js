import { signalsContender, emitterContender } from '../lib/dispatch-contender.js';
import { prismaContender } from '../lib/prisma-contender.js';

/** @type {{ name: string, isAsync: boolean }[]} */
const kinds = [
  { name: 'async', isAsync: true },
  { name: 'sync', isAsync: false },
];

/** @type {import('../lib/case.js').Case[]} */
const dispatch = kinds.flatMap(({ name, isAsync }) =>
  [1, 10, 100].flatMap((count) => [
    {
      name: `send() to ${count} ${name} receivers`,
      against: 'EventEmitter2.emitAsync',
      unit: 'sends/s',
      goal: 1,
      ours: () => signalsContender(count, isAsync),
      theirs: () => emitterContender('emitAsync', count, isAsync),
    },
    {
      name: `send() to ${count} ${name} receivers`,
      against: 'EventEmitter2.emit, which waits for nobody',
      unit: 'sends/s',
      goal: null,
      ours: () => signalsContender(count, isAsync),
      theirs: () => emitterContender('emit', count, isAsync),
    },
  ]),
);

/** @type {[name: string, operation: import('../lib/prisma-contender.js').Operation, hasReceivers: boolean][]} */
const writes = [
  ['create() without receivers', 'create', false],
  ['update() without receivers', 'update', false],
  ['findUnique() without receivers', 'findUnique', false],
  ['create() with a receiver', 'create', true],
  ['nested create() of 3 rows with receivers', 'nested', true],
];

export const cases = [
  ...dispatch,
  ...writes.map(([name, operation, hasReceivers]) => ({
    name,
    against: 'bare Prisma',
    unit: 'calls/s',
    goal: hasReceivers ? null : 0.97,
    ours: () => prismaContender(operation, { isOurs: true, hasReceivers }),
    theirs: () => prismaContender(operation, { isOurs: false, hasReceivers: false }),
  })),
];
