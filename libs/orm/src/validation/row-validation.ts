import type { Database } from '../database/database.js';
import { Expression } from '../expressions/expression.js';
import type { ModelMetadata } from '../metadata/schema.js';
import { cleanFields } from './clean-fields.js';
import { checkForeignKeys } from './foreign-keys.js';
import { ProblemCollector } from './problem-collector.js';
import { columnsOfNestedWrites, excludedColumns, reportedName, withForeignKeys } from './row-fields.js';
import type { RowCheck } from './row-check.js';
import { runSchema } from './run-validator.js';
import { checkUnique } from './unique.js';
import type { FullCleanOptions, ValidationRules } from './validation-rules.js';
import { nonFieldErrors } from './validation-error.js';

/** A hook that looks at a whole row; what it returns is written over its values. */
export type CleanHook = (row: Record<string, unknown>) => unknown;

/** What a model's rows have to be: the schema, the rules of its manager, and the hook of it. */
export class RowValidation {
  constructor(
    private readonly database: Database,
    private readonly model: ModelMetadata,
    private readonly rules: ValidationRules,
    private readonly hook: CleanHook = () => undefined,
  ) {}

  /** Looks at everything; returns the row with its values brought into their types. Django: `full_clean`. */
  async fullClean<Row extends object = Record<string, unknown>>(
    row: object,
    options: FullCleanOptions = {},
  ): Promise<Row> {
    const check = this.#open(row, options);
    await this.#cleanFields(check);
    await check.problems.collect(async () => {
      const changes = await this.hook(check.values);
      if (typeof changes === 'object' && changes !== null) Object.assign(check.values, changes);
    });
    if (options.validateUnique !== false) await checkUnique(check);
    check.problems.throwIfAny(this.model.name);
    return check.values as Row;
  }

  /** Looks at each field by itself. Django: `clean_fields`. */
  async cleanFields<Row extends object = Record<string, unknown>>(
    row: object,
    options: FullCleanOptions = {},
  ): Promise<Row> {
    const check = this.#open(row, options);
    await this.#cleanFields(check);
    check.problems.throwIfAny(this.model.name);
    return check.values as Row;
  }

  /** Looks for other rows with the same unique values. Django: `validate_unique`. */
  async validateUnique(row: object, options: FullCleanOptions = {}): Promise<void> {
    const check = this.#open(row, options);
    await checkUnique(check);
    check.problems.throwIfAny(this.model.name);
  }

  #open(row: object, { exclude = [], isNew }: FullCleanOptions): RowCheck {
    const { database, model, rules } = this;
    const values = withForeignKeys(row, model);
    const computed = Object.keys(values).filter((name) => values[name] instanceof Expression);
    return {
      database,
      model,
      rules,
      values,
      excluded: new Set([
        ...excludedColumns(exclude, model),
        ...columnsOfNestedWrites(values, model),
        ...computed,
      ]),
      isNew: isNew ?? model.primaryKey.some((name) => (values[name] ?? null) === null),
      problems: new ProblemCollector(),
    };
  }

  async #cleanFields(check: RowCheck): Promise<void> {
    await this.#applySchema(check);
    await cleanFields(check);
    await checkForeignKeys(check);
  }

  async #applySchema({ values, problems, excluded }: RowCheck): Promise<void> {
    if (!this.rules.schema) return;
    const result = await runSchema(this.rules.schema, values);
    if ('value' in result) {
      Object.assign(values, result.value);
      return;
    }
    for (const [field, problem] of result.issues) {
      if (field === undefined) problems.add(nonFieldErrors, problem);
      else if (!excluded.has(field)) problems.add(reportedName(field, this.model), problem);
    }
  }
}
