import { choices, ImproperlyConfiguredError } from '@nest-quintet/core';
import type { SchemaMetadata } from '../metadata/schema.js';

/**
 * Refuses names that are not those of many-to-many relations of a model to itself.
 *
 * @throws ImproperlyConfiguredError
 */
export function checkSymmetrical(names: readonly string[], model: string, { models }: SchemaMetadata): void {
  const fields = Object.values(models[model]?.fields ?? {});
  const possible = fields.flatMap((field) =>
    field.kind === 'relation' && field.through && field.model === model ? [field.name] : [],
  );
  const wrong = names.find((name) => !possible.includes(name));
  if (wrong === undefined) return;
  throw new ImproperlyConfiguredError(
    `"${wrong}" is no many-to-many relation of ${model} to itself, so it cannot be symmetrical. ${choices(possible)}`,
  );
}
