import type { Connection } from './connections.js';
import type { SignalEvent, SignalReceiver, SignalResult } from './event.js';

/**
 * Calls receivers one after another, each when the one before has settled; rejects with the first error.
 *
 * An async function would do the same in three lines. Continuing by hand is a third faster for async receivers, and
 * synchronous ones cost no turn of the microtask queue.
 *
 * @param postpone Takes over the receivers that wait for a commit; they have no result.
 */
export function callInOrder(
  connections: readonly Connection[],
  event: SignalEvent,
  postpone: (connection: Connection) => PromiseLike<void>,
): Promise<SignalResult<any, any>[]> {
  return new Promise((resolve, reject) => {
    const results: SignalResult<any, any>[] = [];
    let next = 0;
    let receiver: SignalReceiver<any, any>;
    const keep = (result: unknown): void => {
      results.push([receiver, result]);
      go();
    };
    const go = (): void => {
      try {
        while (next < connections.length) {
          const connection = connections[next++] as Connection;
          if (connection.on === 'commit') {
            postpone(connection).then(go, reject);
            return;
          }
          receiver = connection.receiver;
          const returned: unknown = receiver(event);
          if (isThenable(returned)) {
            returned.then(keep, reject);
            return;
          }
          results.push([receiver, returned]);
        }
        resolve(results);
      } catch (error) {
        reject(error);
      }
    };
    go();
  });
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Partial<PromiseLike<unknown>>).then === 'function'
  );
}
