import { Databases, Manager, ManagerFor, type ModelName, PrismaDatabase } from '@nest-quintet/orm';
import { compare } from '../compare.js';
import type { CaseRunner, Evaluator, EvaluatorOptions, Outcome, RecordedCase } from '../evaluator.js';
import { Program, PythonError, pythonNames } from '../python/index.js';
import type { Expression } from '../python/syntax.js';
import { openDatabase } from './databases.js';
import { encode, sortedByText, spelledLike } from './encode.js';
import { toPythonError } from './errors.js';
import { modelManagers, modelOptions } from './model-rules.js';
import { readTables, recordedTables, stateDiff } from './state-diff.js';
import { World } from './world.js';

/** What a recorded case says; what PostgreSQL answered differently stands in `postgresql`. */
interface OrmCase extends RecordedCase {
  readonly ast: Expression;
  readonly result: unknown;
  readonly queries: number;
  readonly error: string | null;
  readonly mutates: boolean;
  readonly unordered?: boolean;
  readonly state_diff?: unknown;
  readonly postgresql?: Partial<OrmCase>;
}

interface Observed {
  readonly result: unknown;
  readonly error: string | null;
  readonly detail: string;
  readonly queries: number;
  readonly state?: unknown;
}

/** Runs the recorded ORM cases through managers and QuerySets. */
export const ormEvaluator: Evaluator = { area: 'orm', open };

async function open(options: EvaluatorOptions): Promise<CaseRunner> {
  const opened = await openDatabase(options);
  const runner = new OrmRunner(opened.database);
  await runner.prepare();
  return {
    run: (recorded) => runner.run(recorded as OrmCase),
    close: () => opened.close(),
  };
}

class OrmRunner {
  #before!: Awaited<ReturnType<typeof readTables>>;
  #statements: string[] = [];
  #world!: World;

  constructor(readonly database: PrismaDatabase) {}

  get #isSqlite(): boolean {
    return this.database.dialect === 'sqlite';
  }

  async prepare(): Promise<void> {
    this.#before = await readTables(this.database);
    this.database.observe({
      statement: ({ sql }) => {
        if (/^\s*\(*\s*(select|insert|update|delete|with)\b/i.test(sql)) this.#statements.push(sql);
      },
    });
    const models = Object.keys(this.database.schema.models);
    const managers = models.map((model) => managerOf(model, this.database));
    this.#world = new World(this.database, this.#statements, this.#isSqlite ? 'sqlite' : 'pg', managers);
  }

  async run(recorded: OrmCase): Promise<Outcome> {
    const expected = this.#isSqlite ? recorded : { ...recorded, ...recorded.postgresql };
    return judge(expected, await this.#observe(expected));
  }

  /** Runs a case in a transaction that is rolled back. */
  async #observe(recorded: OrmCase): Promise<Observed> {
    if (recorded.mutates) await this.#restartKeys();
    this.#statements.length = 0;
    return this.database.atomic(async () => {
      try {
        const value = await new Program(this.#world.names()).evaluate(recorded.ast);
        const result = await encode(value);
        const queries = this.#statements.length;
        const state = recorded.mutates ? stateDiff(this.#before, await readTables(this.database)) : undefined;
        return { result, error: null, detail: '', queries, state };
      } catch (error) {
        const [name] = pythonNames(toPythonError(error));
        const detail = error instanceof PythonError ? error.message : ((error as Error).stack ?? '');
        return {
          result: null,
          error: name?.replace(/^.*\./, '') ?? '',
          detail,
          queries: this.#statements.length,
        };
      } finally {
        this.database.setRollback();
      }
    });
  }

  async #restartKeys(): Promise<void> {
    // SQLite counts on from what the rollback has left.
    if (this.#isSqlite) return;
    for (const { table, columns } of recordedTables(this.database.schema)) {
      if (columns) continue;
      const sequence = `pg_get_serial_sequence('"${table}"', 'id')`;
      await this.database.query(`SELECT setval(${sequence}, max(id)) FROM "${table}"`, []);
    }
  }
}

function managerOf(model: string, database: PrismaDatabase): Manager {
  const name = model as ModelName;
  class RecordedManager extends ((modelManagers[name] ?? Manager) as new () => Manager) {}
  ManagerFor(name, modelOptions[name] as never)(RecordedManager);
  return Object.assign(new RecordedManager(), { databases: new Databases([database]) });
}

function judge(expected: OrmCase, observed: Observed): Outcome {
  if ((expected.error === null) !== (observed.error === null) || expected.error !== observed.error) {
    const asError = expected.error ?? 'no error';
    return {
      status: 'fail',
      detail: `expected ${asError}, observed ${observed.error ?? 'no error'}: ${observed.detail.slice(0, 600)}`,
    };
  }
  if (expected.error !== null) return { status: 'pass' };
  const sort = expected.unordered ? sortedByText : (value: unknown): unknown => value;
  const outcome = compare(sort(expected.result), sort(spelledLike(expected.result, observed.result)));
  if (outcome.status === 'fail') return outcome;
  if (observed.queries > expected.queries) {
    return {
      status: 'fail',
      detail: `expected ${expected.queries} statements or fewer, observed ${observed.queries}`,
    };
  }
  if (!expected.mutates) return outcome;
  const diff = expected.state_diff ?? {};
  const changed = compare(diff, spelledLike(diff, observed.state));
  return changed.status === 'pass' ? changed : { status: 'fail', detail: `the state: ${changed.detail}` };
}
