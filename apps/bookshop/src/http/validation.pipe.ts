import { BadRequestException, StandardSchemaValidationPipe } from '@nestjs/common';

/** Turns what a schema finds wrong into a 400 with the messages of each field. */
export class ValidationPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({
      exceptionFactory: (issues) => {
        const errors: Record<string, string[]> = {};
        for (const { path = [], message } of issues) {
          const field = path.map((part) => (typeof part === 'object' ? part.key : part)).join('.') || 'body';
          (errors[field] ??= []).push(message);
        }
        return new InvalidInputException(errors);
      },
    });
  }
}

/** Answers 400 with `{ errors: { field: [message, …] } }`. */
export class InvalidInputException extends BadRequestException {
  constructor(readonly errors: Record<string, string[]>) {
    super({ statusCode: 400, message: 'The input is not valid.', errors });
  }
}
