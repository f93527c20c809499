import { QuintetError } from '@nest-quintet/core';

/** Says that other statements were sent, or were to be sent, than a test or a block allows. */
export class UnexpectedQueriesError extends QuintetError {}
