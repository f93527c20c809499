import type { Database } from '../database/database.js';
import type { ModelMetadata } from '../metadata/schema.js';
import type { ProblemCollector } from './problem-collector.js';
import type { ValidationRules } from './validation-rules.js';

/** What a validation works on: the values as far as they are cleaned, and what was found wrong. */
export interface RowCheck {
  readonly database: Database;
  readonly model: ModelMetadata;
  readonly rules: ValidationRules;
  readonly values: Record<string, unknown>;
  /** Columns that are not looked at. */
  readonly excluded: ReadonlySet<string>;
  readonly isNew: boolean;
  readonly problems: ProblemCollector;
}
