import { Inject } from '@nestjs/common';
import type { ModelName } from '../metadata/register.js';

/** Returns the injection token of a model's manager, whichever class it is. */
export function getManagerToken(model: ModelName): string {
  return `quintet:manager:${model}`;
}

/**
 * Injects the manager of a model: the one that `OrmModule.forFeature()` was given, or a plain one.
 *
 * @example
 * constructor(\@InjectManager('Book') private readonly books: Manager<'Book'>) {}
 */
export function InjectManager(model: ModelName): ParameterDecorator & PropertyDecorator {
  return Inject(getManagerToken(model));
}
