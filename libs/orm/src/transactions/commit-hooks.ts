import type { ReportError } from '../adapter/report-error.js';

/** Something to run once a transaction is committed. */
export interface CommitHook {
  readonly fn: () => unknown;
  /** Whether its failure is reported, and stops neither the caller nor the hooks after it. */
  readonly robust: boolean;
}

const during = 'running an onCommit() callback';

/** Runs the hooks of a committed transaction in the order in which they came. */
export async function runCommitHooks(hooks: readonly CommitHook[], report: ReportError): Promise<void> {
  for (const { fn, robust } of hooks) {
    try {
      await fn();
    } catch (error) {
      if (!robust) throw error;
      report(error, during);
    }
  }
}

/** Runs a hook outside of any transaction: nobody waits for it, so what fails after its first `await` is reported. */
export function runCommitHookNow({ fn, robust }: CommitHook, report: ReportError): void {
  const reportFailure = (error: unknown) => report(error, during);
  try {
    void Promise.resolve(fn()).catch(reportFailure);
  } catch (error) {
    if (!robust) throw error;
    reportFailure(error);
  }
}
