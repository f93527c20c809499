import { AsyncLocalStorage } from 'node:async_hooks';
import { observeEverywhere } from '../adapter/everywhere.js';
import type { DatabaseObserver } from '../database/database.js';

/** Lets an observer hear what `fn`, and what it calls, sends to whichever database. */
export async function observing<T>(
  { statement, sending, needsCallSite }: Pick<DatabaseObserver, 'statement' | 'sending' | 'needsCallSite'>,
  fn: () => T | Promise<T>,
): Promise<T> {
  const flow = new AsyncLocalStorage<true>();
  using _ = observeEverywhere({
    ...(needsCallSite && { needsCallSite }),
    statement(event) {
      if (flow.getStore()) statement?.(event);
    },
    sending(event) {
      if (flow.getStore()) sending?.(event);
    },
    flow: () => flow.getStore(),
  });
  return await flow.run(true, async () => await fn());
}
