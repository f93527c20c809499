import { QuintetError } from '@nest-quintet/core';

/** Says that a transaction was used in a way that would leave half of the work behind. Django: `TransactionManagementError`. */
export class TransactionManagementError extends QuintetError {}
