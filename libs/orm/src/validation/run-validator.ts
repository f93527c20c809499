import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type Problem, ValidationError } from './validation-error.js';
import type { Validator } from './validation-rules.js';

/** Runs a validator on a value of a field. @throws ValidationError when it finds anything wrong. */
export async function runValidator(validator: Validator, value: unknown): Promise<void> {
  if (!isStandardSchema(validator)) {
    await validator(value);
    return;
  }
  const result = await validator['~standard'].validate(value);
  if (result.issues) throw new ValidationError(result.issues.map((issue) => problemOf(issue)));
}

/** Runs a schema on a row: what it makes of it, or what is wrong by field. */
export async function runSchema(
  schema: StandardSchemaV1,
  row: object,
): Promise<{ value: object } | { issues: readonly (readonly [field: string | undefined, Problem])[] }> {
  const result = await schema['~standard'].validate(row);
  if (!result.issues) return { value: result.value as object };
  return { issues: result.issues.map((issue) => [fieldOf(issue), problemOf(issue)]) };
}

function isStandardSchema(validator: Validator): validator is StandardSchemaV1 {
  return '~standard' in validator;
}

/** The name of the field that an issue is about; what is wrong inside of it is told of it. */
function fieldOf({ path = [] }: StandardSchemaV1.Issue): string | undefined {
  const [first] = path;
  if (first === undefined) return undefined;
  return String(typeof first === 'object' ? first.key : first);
}

/** A schema library's own code: zod calls it `code`, or `params.code` for one's own, valibot `type`. */
function problemOf(issue: StandardSchemaV1.Issue): Problem {
  const { code, type, params } = issue as { code?: unknown; type?: unknown; params?: { code?: unknown } };
  const own = [params?.code, code, type].find((each): each is string => typeof each === 'string');
  return { code: own ?? 'invalid', message: issue.message };
}
