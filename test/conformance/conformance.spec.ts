import { writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { missingServer } from '../support/servers/keeper-client.js';
import { describeWith, sharedPostgres } from '../support/servers.js';
import { Differences } from './differences.js';
import { type Area, areas, type Database } from './evaluator.js';
import { evaluators } from './evaluators.js';
import { recordedCases } from './recorded-cases.js';
import { type AreaReport, problemsOf, runArea, summaryOf } from './run-area.js';

/** What `npm run conformance` asks for; `npm test` asks for nothing and gets every area that has an evaluator. */
interface Request {
  area?: Area;
  database?: Database;
  /** Another file of cases. */
  cases?: string;
  /** Only the cases whose id starts so. */
  only?: string;
  /** Where the reports go. */
  report?: string;
}

const request = JSON.parse(process.env.QUINTET_CONFORMANCE ?? '{}') as Request;
const chosen = request.area ? [request.area] : areas.filter((area) => evaluators[area]);
const differences = Differences.read();
const reports: AreaReport[] = [];

const minutes = 60_000;

describe('What Django does', () => {
  for (const area of chosen) isWhatWeDo(area, request.database ?? 'pglite');
  if (process.env.QUINTET_CONFORMANCE === undefined) isWhatWeDo('orm', 'sqlite');

  it('has a case for every line of differences.json', () => {
    const ids = areas.flatMap((area) => recordedCases(area)).map(({ id }) => id);
    expect(differences.unused(ids)).toEqual([]);
  });
});

if (process.env.QUINTET_CONFORMANCE === undefined) {
  describeWith('postgres', 'What Django does on a PostgreSQL server', () => isWhatWeDo('orm', 'postgresql'));
}

function isWhatWeDo(area: Area, database: Database): void {
  it(
    `is what we do: ${area}`,
    async () => {
      const report = await tryArea(area, database);
      reports.push(report);
      if (request.report) writeFileSync(request.report, JSON.stringify(reports));
      else process.stdout.write(`${summaryOf(report)}\n`);
      expect(problemsOf(report)).toEqual([]);
    },
    20 * minutes,
  );
}

async function tryArea(area: Area, database: Database): Promise<AreaReport> {
  try {
    return await run(area, database);
  } catch (error) {
    return {
      area,
      database,
      cases: [],
      listedInVain: [],
      problem: error instanceof Error ? error.message : String(error),
    };
  }
}

async function run(area: Area, database: Database): Promise<AreaReport> {
  const load = evaluators[area];
  if (!load) throw new Error(`There is no evaluator for the area "${area}" yet.`);
  const cases = recordedCases(area, request.cases).filter(({ id }) => id.startsWith(request.only ?? ''));
  if (database !== 'postgresql') return runArea(await load(), cases, differences, { database });
  const missing = missingServer('postgres');
  if (missing !== undefined) throw new Error(`--database postgresql needs ${missing}.`);
  const server = await sharedPostgres();
  try {
    return await runArea(await load(), cases, differences, {
      database,
      databaseUrl: await server.createDatabase(),
    });
  } finally {
    await server.release();
  }
}
