import { QuintetError } from '@nest-quintet/core';

/** The name that problems stand under which no single field has. Django: `NON_FIELD_ERRORS`. */
export const nonFieldErrors = '__all__';

/** What is wrong with a field: a code for programs, and a sentence for people. */
export interface Problem {
  readonly code: string;
  readonly message: string;
}

/** Field → what is wrong with it. */
export type Problems = Readonly<Record<string, readonly Problem[]>>;

/** What a {@link ValidationError} takes for a field: sentences, or problems with codes of their own. */
export type ProblemInput = string | Problem | readonly (string | Problem)[];

/**
 * Says what is wrong with a row, field by field; answers a request with 400 and the `errors`.
 *
 * @example
 * throw new ValidationError('The board works for nothing.', { code: 'board_unpaid' });
 * throw new ValidationError({ manager: { code: 'own_manager', message: 'Nobody manages themselves.' } });
 *
 * error.codes; // { manager: ['own_manager'] }
 *
 * Django: `ValidationError`.
 */
export class ValidationError extends QuintetError {
  readonly errors: Problems;

  /**
   * @param error A sentence about the row, or the problems by field.
   * @param options `code`: the code of what has none of its own, by default `invalid`; `model`: whose row it is.
   */
  constructor(
    error: ProblemInput | Readonly<Record<string, ProblemInput>>,
    { code = 'invalid', model }: { code?: string; model?: string } = {},
  ) {
    const errors = problemsOf(error, code);
    super(`${model ?? 'The input'} is not valid: ${inWords(errors)}`);
    this.errors = errors;
  }

  /** The codes alone. */
  get codes(): Record<string, string[]> {
    return each(this.errors, ({ code }) => code);
  }

  /** The sentences alone. Django: `message_dict`. */
  get messages(): Record<string, string[]> {
    return each(this.errors, ({ message }) => message);
  }
}

function problemsOf(error: ProblemInput | Readonly<Record<string, ProblemInput>>, code: string): Problems {
  if (isInput(error)) return { [nonFieldErrors]: listOf(error, code) };
  return Object.fromEntries(Object.entries(error).map(([field, given]) => [field, listOf(given, code)]));
}

function isInput(error: ProblemInput | Readonly<Record<string, ProblemInput>>): error is ProblemInput {
  if (typeof error === 'string' || Array.isArray(error)) return true;
  const { code, message } = error as { code?: unknown; message?: unknown };
  return typeof code === 'string' && typeof message === 'string';
}

function listOf(given: ProblemInput, code: string): Problem[] {
  const list = (Array.isArray(given) ? given : [given]) as readonly (string | Problem)[];
  return list.map((each) => (typeof each === 'string' ? { code, message: each } : each));
}

function each(errors: Problems, pick: (problem: Problem) => string): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(errors).map(([field, problems]) => [field, problems.map((problem) => pick(problem))]),
  );
}

function inWords(errors: Problems): string {
  return Object.entries(errors)
    .map(([field, problems]) => {
      const sentences = problems.map(({ message }) => message).join(' ');
      return field === nonFieldErrors ? sentences : `${field}: ${sentences}`;
    })
    .join(' ');
}
