import { nonFieldErrors, type Problem, type Problems, ValidationError } from './validation-error.js';

/** Gathers what is wrong with a row, so that one answer tells all of it. */
export class ProblemCollector {
  readonly #problems = new Map<string, Problem[]>();

  /** Whether something is wrong with a field. */
  has(field: string): boolean {
    return this.#problems.has(field);
  }

  add(field: string, ...problems: readonly Problem[]): void {
    if (problems.length > 0) this.#problems.set(field, [...(this.#problems.get(field) ?? []), ...problems]);
  }

  /** Runs something that may throw a {@link ValidationError} about the row or its fields. */
  async collect(run: () => unknown): Promise<void> {
    try {
      await run();
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error;
      for (const [field, problems] of Object.entries(error.errors)) this.add(field, ...problems);
    }
  }

  /** Runs something that may throw a {@link ValidationError} about one field, whichever name it gives. */
  async collectFor(field: string, run: () => unknown): Promise<void> {
    try {
      await run();
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error;
      this.add(field, ...Object.values(error.errors).flat());
    }
  }

  /** @throws ValidationError when anything is wrong. */
  throwIfAny(model: string): void {
    if (this.#problems.size === 0) return;
    const { [nonFieldErrors]: ofRow, ...ofFields }: Problems = Object.fromEntries(this.#problems);
    throw new ValidationError({ ...ofFields, ...(ofRow && { [nonFieldErrors]: ofRow }) }, { model });
  }
}
