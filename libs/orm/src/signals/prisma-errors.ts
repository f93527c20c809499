import { PrismaClientKnownRequestError } from '@prisma/client/runtime/client';

/** Says like Prisma that a row which a nested write needs is not there. */
export function recordNotFound(model: string, cause: string): Error {
  return known(
    'P2025',
    model,
    `An operation failed because it depends on one or more records that were required but not found. ${cause}`,
    { cause },
  );
}

/** Says like Prisma that a row would lose a relation which it must have. */
export function requiredRelationViolated(relation: string, modelA: string, modelB: string): Error {
  return known(
    'P2014',
    modelA,
    `The change you are trying to make would violate the required relation '${relation}' between the \`${modelA}\` and \`${modelB}\` models.`,
    { relation_name: relation, model_a_name: modelA, model_b_name: modelB },
  );
}

function known(code: string, modelName: string, message: string, meta: object): Error {
  return new PrismaClientKnownRequestError(message, {
    code,
    clientVersion: '',
    meta: { modelName, ...meta },
  });
}
