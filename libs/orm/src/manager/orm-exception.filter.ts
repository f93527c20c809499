import { type ArgumentsHost, Catch, NotFoundException } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import { DoesNotExistError } from '../errors.js';

/**
 * Answers a missing row with 404; what else a QuerySet throws, several rows where one was meant included, is a mistake
 * of the program and stays 500. Django: `get_object_or_404`.
 */
@Catch(DoesNotExistError)
export class OrmExceptionFilter extends BaseExceptionFilter<DoesNotExistError> {
  // oxlint-disable promise/valid-params, promise/no-promise-in-callback -- an exception filter is no promise
  override catch(error: DoesNotExistError, host: ArgumentsHost): void {
    super.catch(new NotFoundException(error.message, { cause: error }) as never, host);
  }
}
