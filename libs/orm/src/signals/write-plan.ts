import type { StoredRow } from './rows.js';

/** One thing to write, and what follows it. */
export interface WriteStep {
  /** The row that was written, once it has been. */
  row?: StoredRow;
}

interface PlannedStep extends WriteStep {
  readonly run: () => Promise<StoredRow | void>;
  before: PlannedStep | undefined;
  after: PlannedStep[];
}

/**
 * The order in which nested data is written, which is Prisma's, so that rows get the keys that it would give them.
 *
 * Every step is followed by those that were added after it, in turn and each with all that follows it. What a step
 * requires is only known when both are planned: from the last requirement to the first, what is required takes the
 * place of the step that requires it, at the end of what follows the step before, and is followed by it.
 */
export class WritePlan {
  #first: PlannedStep | undefined;
  readonly #requirements: { readonly step: PlannedStep; readonly required: PlannedStep }[] = [];

  /** Adds a step; the first one of a plan follows nothing. */
  add(run: () => Promise<StoredRow | void>, follows?: WriteStep): WriteStep {
    const before = follows as PlannedStep | undefined;
    const step: PlannedStep = { run, before, after: [] };
    if (before) before.after.push(step);
    else this.#first ??= step;
    return step;
  }

  /** Makes a step that was added after another one come before it. */
  require(step: WriteStep, required: WriteStep): void {
    this.#requirements.push({ step: step as PlannedStep, required: required as PlannedStep });
  }

  async run(): Promise<void> {
    for (const { step, required } of this.#requirements.reverse()) this.#swap(step, required);
    if (this.#first) await runInTurn(this.#first);
  }

  #swap(step: PlannedStep, required: PlannedStep): void {
    const { before } = step;
    step.after = step.after.filter((other) => other !== required);
    if (before) before.after = [...before.after.filter((other) => other !== step), required];
    else this.#first = required;
    required.before = before;
    required.after.push(step);
    step.before = required;
  }
}

async function runInTurn(step: PlannedStep): Promise<void> {
  step.row = (await step.run()) ?? undefined;
  for (const next of step.after) await runInTurn(next);
}
