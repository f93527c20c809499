import { AsyncLocalStorage } from 'node:async_hooks';
import type { ObservedTransaction } from '../adapter/observed-transaction.js';
import type { Block } from './block.js';

/** Where an asynchronous flow is: the block it runs in, and the ones around that, of any database. */
export interface Scope<Owner = unknown> {
  /** Whose block this is; two databases, and two applications in one process, never share one. */
  readonly owner: Owner;
  readonly outer: Scope | undefined;
  /** The transaction that the driver has begun for a block which does not run yet. */
  begun?: ObservedTransaction;
  block?: Block;
}

/** The scope of the current flow. */
export const scopes = new AsyncLocalStorage<Scope | undefined>();

/**
 * Finds the innermost block of the current flow that has not ended well, of `owner` or of any.
 *
 * A flow that outlives a committed block is outside of it; one that outlives a rollback still belongs to it.
 */
export function innermostBlock(owner?: unknown): Block | undefined {
  for (let scope = scopes.getStore(); scope; scope = scope.outer) {
    if (scope.block && scope.block.state !== 'done' && (owner === undefined || scope.owner === owner)) {
      return scope.block;
    }
  }
  return undefined;
}
