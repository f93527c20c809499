import { QuintetError } from '@nest-quintet/core';
import { applications } from './applications.js';
import { SignalDispatcher } from './dispatcher.js';

/** Says that several applications run in the process and nothing tells which of them is meant. */
export class AmbiguousApplicationError extends QuintetError {}

/** Hears what every application of the process sends, and holds what is connected where none runs. */
export const processDispatcher = new SignalDispatcher();

/**
 * Returns the dispatcher that a plain `signal.send(sender)` means: the one of the application that the sender is a
 * provider of, else of the current request or `dispatcher.run()`, else of the only application that runs.
 *
 * @throws AmbiguousApplicationError when several applications run and neither the sender nor the flow tells which.
 */
export function dispatcherFor(sender?: unknown): SignalDispatcher {
  const { areSeveral, running, only } = applications;
  const owner = areSeveral ? applications.ownerOf(sender) : undefined;
  const found = owner ?? applications.current() ?? only;
  return found ?? (running.size > 1 ? refuse(running.size) : processDispatcher);
}

function refuse(count: number): never {
  throw new AmbiguousApplicationError(
    `${count} applications run in this process and a signal was used outside of a request, so it could be of any of them. ` +
      'Send it from one of its providers with "this" as the sender, or use its SignalDispatcher: dispatcher.send(signal, …) or dispatcher.run(…).',
  );
}
