import { QuintetError } from '@nest-quintet/core';

/** Says that a middleware broke the contract of `handle()`; the message names its class. */
export class MiddlewareContractError extends QuintetError {}
