/** A call of a Prisma client that has not started. */
interface PendingCall extends PromiseLike<unknown> {
  requestTransaction?(transaction: object): PromiseLike<unknown>;
}

/** A transaction that never began: Prisma checks a call in it, and cannot carry it out. */
const nowhere = { kind: 'itx', id: 'nowhere', payload: undefined } as const;

/** What Prisma says of a transaction that it does not know. */
const unknownTransaction = 'P2028';

/** Whether a call is only to be checked. */
export function isOnlyChecked(transaction: { readonly id?: string } | undefined): boolean {
  return transaction?.id === nowhere.id;
}

/**
 * Makes the calls of a `$transaction([…])` one after another.
 *
 * Prisma checks all of them before it makes the first. So what it refuses is told, where there is such a call, and not
 * the failure of one before it.
 */
export async function inOrder(calls: readonly PendingCall[]): Promise<unknown[]> {
  const results: unknown[] = [];
  for (const [index, call] of calls.entries()) {
    try {
      results.push(await call);
    } catch (error) {
      for (const next of calls.slice(index + 1)) await check(next);
      throw error;
    }
  }
  return results;
}

/** @throws What Prisma has against a call. */
async function check(call: PendingCall): Promise<void> {
  try {
    await call.requestTransaction?.(nowhere);
  } catch (error) {
    if ((error as { code?: string }).code !== unknownTransaction) throw error;
  }
}
