import { binOf } from '../../tools/lib/paths.js';
import { runNode } from '../../tools/lib/run.js';
import { ContenderProcess } from '../lib/contender-process.js';
import { openOrmDatabase } from '../lib/orm-database.js';
import { tasks } from '../orm/data.js';

/** Whom we are compared with, and how fast we mean to be where it is said. */
const opponents = {
  prisma: { name: 'Prisma 7', plain: 2, related: 2.5 },
  drizzle: { name: 'Drizzle', plain: 1.2, related: 1.2 },
  kysely: { name: 'Kysely', plain: null, related: null },
  typeorm: { name: 'TypeORM', plain: 1, related: 1 },
  'mikro-orm': { name: 'MikroORM', plain: 1, related: 1 },
  pg: { name: 'bare pg', plain: 0.9, related: 0.9 },
};

/** What Prisma users call plain: no relations and no annotations. */
const plain = ['byKey', 'page', 'thousand', 'count'];

/** @typedef {keyof typeof opponents} Opponent */

/** @param {Opponent} opponent @param {string} task */
function goalOf(opponent, task) {
  if (!tasks[task]?.isRead) return null;
  if (opponent === 'pg' && (task === 'byKey' || task === 'count')) return 0.7;
  return opponents[opponent][plain.includes(task) ? 'plain' : 'related'];
}

const against = /** @type {Opponent[]} */ (Object.keys(opponents));
const names = ['quintet', ...against];

/** @type {Promise<{ database: import('../lib/orm-database.js').OrmDatabase, contenders: ContenderProcess[] }> | undefined} */
let opened;
/** The contenders stay for all races: in an application a query is not alone either. */
const open = () => (opened ??= start());

async function start() {
  await runNode(binOf('typescript', 'tsc'), ['-b', 'apps/bookshop']);
  const database = await openOrmDatabase();
  const contenders = [];
  for (const name of names) contenders.push(await ContenderProcess.start(name, database.url));
  return { database, contenders };
}

/** @param {ContenderProcess[]} contenders @param {string} task */
async function expectSameRows(contenders, task) {
  const { shape } = tasks[task] ?? {};
  const [ours, ...theirs] = await Promise.all(contenders.map((each) => each.ask({ task, shape })));
  theirs.forEach((answer, index) => {
    if (answer === ours) return;
    const at = [...answer].findIndex((letter, position) => letter !== ours[position]);
    throw new Error(
      `${task}: ${names[index + 1]} does not answer what we do.\nours:   …${ours.slice(Math.max(0, at - 80), at + 200)}\ntheirs: …${answer.slice(Math.max(0, at - 80), at + 200)}`,
    );
  });
}

/** @param {string} task @returns {import('../lib/race.js').Race} */
function race(task) {
  return {
    name: tasks[task]?.name ?? task,
    unit: 'calls/s',
    opponents: against.map((opponent) => ({
      name: opponents[opponent].name,
      goal: goalOf(opponent, task),
    })),
    async open() {
      const { database, contenders } = await open();
      await database.send(tasks[task]?.after);
      await expectSameRows(contenders, task);
      return contenders.map((each) => ({
        async measure(seconds) {
          const speed = await each.ask({ task, seconds });
          await database.send(tasks[task]?.after);
          return speed;
        },
        close: async () => {},
      }));
    },
  };
}

/** How much of the heap a call takes; in further processes, where nothing is collected while we count. */
const noCollection = ['--max-semi-space-size=512', '--min-semi-space-size=512'];

/** @param {string} task @param {number} calls @returns {import('../lib/race.js').Race} */
function allocation(task, calls) {
  return {
    name: `${tasks[task]?.name}, heap`,
    unit: 'calls per MB',
    opponents: against.map((opponent) => ({ name: opponents[opponent].name, goal: null })),
    async open() {
      const { database } = await open();
      const contenders = await Promise.all(
        names.map((name) => ContenderProcess.start(name, database.url, { execArgv: noCollection })),
      );
      for (const each of contenders) await each.ask({ task, seconds: 1 });
      return contenders.map((each) => ({
        measure: async () => 2 ** 20 / (await each.ask({ task, calls })),
        close: () => each.close(),
      }));
    },
  };
}

/** Those that can keep statements on the server, and do. @param {string} task @returns {import('../lib/race.js').Race} */
function prepared(task) {
  const rivals = /** @type {const} */ (['prisma', 'pg']);
  return {
    name: `${tasks[task]?.name}, prepared statements`,
    unit: 'calls/s',
    opponents: rivals.map((opponent) => ({ name: opponents[opponent].name, goal: null })),
    async open() {
      const { database } = await open();
      const contenders = await Promise.all(
        ['quintet', ...rivals].map((name) =>
          ContenderProcess.start(name, database.url, { isPrepared: true }),
        ),
      );
      return contenders.map((each) => ({
        measure: (seconds) => each.ask({ task, seconds }),
        close: () => each.close(),
      }));
    },
  };
}

/** @type {import('../lib/race.js').Race} */
const compile = {
  name: 'making SQL of a query, nothing sent',
  unit: 'queries/s',
  opponents: [
    { name: opponents.drizzle.name, goal: null },
    { name: opponents.kysely.name, goal: null },
  ],
  async open() {
    const { contenders } = await open();
    return contenders
      .filter(({ tasks: known }) => known.includes('compile'))
      .map((each) => ({
        measure: (seconds) => each.ask({ task: 'compile', seconds }),
        close: async () => {},
      }));
  },
};

export const races = [
  ...Object.keys(tasks).map(race),
  prepared('byKey'),
  prepared('page'),
  compile,
  allocation('byKey', 500),
  allocation('toOne', 20),
];

/** Ends what the races share. */
export async function close() {
  if (!opened) return;
  const { database, contenders } = await opened;
  for (const each of contenders) await each.close();
  await database.close();
}
