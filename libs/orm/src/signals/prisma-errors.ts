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

/** Says like Prisma that rows which a list is to be connected to are not there. */
export function connectedNotFound(model: string, expected: number, found: number): Error {
  const details = `Expected ${expected} records to be connected, found only ${found}.`;
  return known('P2018', model, `The required connected records were not found. ${details}`, { details });
}

/** Says like Prisma that a row which is to be deleted from a list is not in it. */
export function notConnected(relation: string, parent: string, child: string): Error {
  return known(
    'P2017',
    parent,
    `The records for relation \`${relation}\` between the \`${parent}\` and \`${child}\` models are not connected.`,
    { relation_name: relation, parent_name: parent, child_name: child },
  );
}

/** Makes an error name the model of the call that failed, as Prisma does whichever nested row it was about. */
export function aboutCall(error: unknown, { model }: { readonly model: string }): unknown {
  if (error instanceof PrismaClientKnownRequestError && error.meta?.modelName !== undefined) {
    error.meta.modelName = model;
  }
  return error;
}

/** Whether a row could not be written because another one has a unique value of it. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof PrismaClientKnownRequestError && error.code === 'P2002';
}

function known(code: string, modelName: string, message: string, meta: object): Error {
  return new PrismaClientKnownRequestError(message, {
    code,
    clientVersion: '',
    meta: { modelName, ...meta },
  });
}
