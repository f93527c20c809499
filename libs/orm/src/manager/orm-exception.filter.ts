import { type ArgumentsHost, BadRequestException, Catch, NotFoundException } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import { DoesNotExistError } from '../errors.js';
import { ValidationError } from '../validation/validation-error.js';

/**
 * Answers a missing row with 404, and a row that is not valid with 400 and what is wrong with it; what else a QuerySet
 * throws, several rows where one was meant included, is a mistake of the program and stays 500. Django:
 * `get_object_or_404`.
 */
@Catch(DoesNotExistError, ValidationError)
export class OrmExceptionFilter extends BaseExceptionFilter<DoesNotExistError | ValidationError> {
  // oxlint-disable promise/valid-params, promise/no-promise-in-callback -- an exception filter is no promise
  override catch(error: DoesNotExistError | ValidationError, host: ArgumentsHost): void {
    super.catch(exceptionOf(error) as never, host);
  }
}

function exceptionOf(error: DoesNotExistError | ValidationError): NotFoundException | BadRequestException {
  if (error instanceof DoesNotExistError) return new NotFoundException(error.message, { cause: error });
  const body = { statusCode: 400, message: 'The input is not valid.', errors: error.errors };
  return new BadRequestException(body, { cause: error });
}
