import { reportToConsole } from '../adapter/report-error.js';
import { runCommitHookNow } from './commit-hooks.js';
import { innermostBlock } from './scope.js';

/**
 * Runs `fn` after the outermost transaction of the current flow commits, never when it rolls back; at once outside of one.
 *
 * Where blocks of several databases are open the innermost counts; `Database.onCommit` names one.
 *
 * @example
 * onCommit(() => mailer.sendReceipt(order.id));
 *
 * @param options `robust`: a failure is reported, and stops neither the caller nor the callbacks after it.
 *
 * Django: `transaction.on_commit`.
 */
export function onCommit(fn: () => unknown, { robust = false }: { robust?: boolean } = {}): void {
  const block = innermostBlock();
  if (block) block.onCommit({ fn, robust });
  else runCommitHookNow({ fn, robust }, reportToConsole);
}
