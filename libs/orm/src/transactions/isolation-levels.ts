import type { IsolationLevel } from '../database/database.js';
import type { PrismaTransactionOptions } from './prisma-client.js';

/** The isolation levels as SQL and as Prisma spell them. */
export const isolationLevels = {
  'READ UNCOMMITTED': 'ReadUncommitted',
  'READ COMMITTED': 'ReadCommitted',
  'REPEATABLE READ': 'RepeatableRead',
  SERIALIZABLE: 'Serializable',
} as const satisfies Record<IsolationLevel, PrismaTransactionOptions['isolationLevel']>;
