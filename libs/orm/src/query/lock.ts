import type { OperationNode } from 'kysely';
import { InvalidQueryError, NotSupportedError } from '../errors.js';
import type { Scope } from './scope.js';
import { identifier, join, keyword, sql } from './sql.js';
import type { LockOptions } from './state.js';

/** Compiles `FOR UPDATE`. */
export function lockNode(lock: LockOptions, scope: Scope): OperationNode {
  if (!scope.dialect.features.rowLocks)
    throw new NotSupportedError(`${scope.dialect.name} has no row locks.`);
  if (lock.noWait && lock.skipLocked) {
    throw new InvalidQueryError('selectForUpdate() takes noWait or skipLocked, not both.');
  }
  const strength = lock.noKey ? 'for no key update' : 'for update';
  const tables = (lock.of ?? ['self']).map((path) =>
    identifier(scope.table(path === 'self' ? '' : path).alias),
  );
  const wait = lock.noWait ? ' nowait' : lock.skipLocked ? ' skip locked' : '';
  return sql`${keyword(strength)} of ${join(tables, ', ')}${keyword(wait)}`;
}
