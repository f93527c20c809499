import type { Differences } from './differences.js';
import type {
  CaseRunner,
  Database,
  Evaluator,
  EvaluatorOptions,
  Outcome,
  RecordedCase,
} from './evaluator.js';

const secondsPerCase = 30;

export interface CaseReport {
  id: string;
  status: 'pass' | 'fail' | 'difference';
  /** What was observed instead; for a difference also why it is listed. */
  detail: string | null;
}

export interface AreaReport {
  area: string;
  database: Database;
  cases: CaseReport[];
  /** Cases that pass although a line of their own lists them: the line has to go. */
  listedInVain: string[];
  /** Why the cases could not be run at all. */
  problem?: string;
}

/** Runs recorded cases of one area, one after the other, and judges them by the list of differences. */
export async function runArea(
  evaluator: Evaluator,
  cases: readonly RecordedCase[],
  differences: Differences,
  options: EvaluatorOptions,
): Promise<AreaReport> {
  const report: AreaReport = {
    area: evaluator.area,
    database: options.database,
    cases: [],
    listedInVain: [],
  };
  const runner = await evaluator.open(options);
  try {
    for (const recorded of cases) {
      const outcome = await outcomeOf(runner, recorded);
      report.cases.push(judge(recorded.id, outcome, differences, options.database));
      const isListed = differences.own(recorded.id, options.database) !== undefined;
      if (outcome.status === 'pass' && isListed) report.listedInVain.push(recorded.id);
    }
  } finally {
    await runner.close();
  }
  return report;
}

async function outcomeOf(runner: CaseRunner, recorded: RecordedCase): Promise<Outcome> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Outcome>((resolve) => {
    const detail = `no answer within ${secondsPerCase} seconds`;
    timer = setTimeout(() => resolve({ status: 'fail', detail }), secondsPerCase * 1000);
  });
  try {
    return await Promise.race([runner.run(recorded), late]);
  } catch (error) {
    return {
      status: 'fail',
      detail: `the evaluator threw ${error instanceof Error ? error.stack : String(error)}`,
    };
  } finally {
    clearTimeout(timer);
  }
}

function judge(id: string, outcome: Outcome, differences: Differences, database: Database): CaseReport {
  if (outcome.status === 'pass') return { id, status: 'pass', detail: null };
  const listed = differences.find(id, database);
  if (!listed) return { id, status: 'fail', detail: outcome.detail };
  return { id, status: 'difference', detail: `${listed.kind}: ${listed.reason} (${outcome.detail})` };
}

/** Lists what fails the run; empty where nothing does. */
export function problemsOf(report: AreaReport): string[] {
  return [
    ...(report.problem === undefined ? [] : [report.problem]),
    ...report.cases.filter(({ status }) => status === 'fail').map(({ id, detail }) => `${id}: ${detail}`),
    ...report.listedInVain.map((id) => `${id}: passes; remove its line from differences.json`),
  ];
}

/** Sums up a report in one line. */
export function summaryOf({ area, database, cases }: AreaReport): string {
  const count = (status: CaseReport['status']) => cases.filter((each) => each.status === status).length;
  return `${area} on ${database}: ${count('pass')} pass, ${count('fail')} fail, ${count('difference')} differ`;
}
