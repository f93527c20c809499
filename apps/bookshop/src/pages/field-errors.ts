import { ValidationError } from '@nest-quintet/orm';
import { InvalidInputException } from '../http/validation.pipe.js';

/** What is wrong with each field, in sentences; `undefined` for an error that is about something else. */
export function fieldErrors(error: unknown): Readonly<Record<string, readonly string[]>> | undefined {
  if (error instanceof InvalidInputException) return error.errors;
  return error instanceof ValidationError ? error.messages : undefined;
}
