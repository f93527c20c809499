import type { RelationField, SchemaMetadata } from '../metadata/schema.js';
import type { CallArguments, Data, PrismaCall } from './prisma-calls.js';
import { followersOf } from './followers.js';
import { nestedData } from './nested-data.js';
import { relationsOf } from './rows.js';
import type { SignalSender } from './signal-sender.js';
import type { WritePolicy } from './write-policy.js';

/** Finds out whether anybody listens to anything that a call may do; if nobody does, Prisma gets it untouched. */
export class Audience {
  /** Model → the models that a deletion reaches: by deleting their rows, and by clearing their keys. */
  readonly #reaches = new Map<string, { deleted: readonly string[]; cleared: readonly string[] }>();

  constructor(
    private readonly schema: SchemaMetadata,
    private readonly sender: SignalSender,
    private readonly policy: WritePolicy,
  ) {}

  listensTo({ action, model, args = {} }: PrismaCall & { model: string }): boolean {
    switch (action) {
      case 'create':
      case 'update':
      case 'upsert':
        return this.sender.hearsSave(model) || this.#hearsData(model, args);
      case 'createMany':
      case 'createManyAndReturn':
        return this.#hearsBulk(model);
      case 'updateMany':
      case 'updateManyAndReturn':
        return this.#hearsBulk(model) || this.#hearsFollowers(model, (args.data ?? {}) as Data);
      case 'delete':
        return this.#hearsDeletion(model);
      case 'deleteMany':
        return this.sender.hearsBulkWrite(model) || this.#hearsDeletion(model);
      default:
        return false;
    }
  }

  #hearsData(model: string, { data, create, update }: CallArguments): boolean {
    return [data, create, update].some((one) => one !== undefined && this.#hearsNested(model, one as Data));
  }

  #hearsNested(model: string, data: Data): boolean {
    if (typeof data !== 'object' || data === null) return false;
    if (this.#hearsFollowers(model, data)) return true;
    return relationsOf(this.schema.models[model]!).some((field) => {
      const operations = data[field.name] as Data | undefined;
      return operations !== undefined && this.#hearsRelation(model, field, operations);
    });
  }

  #hearsRelation(model: string, field: RelationField, operations: Data): boolean {
    return (
      this.sender.hearsSave(field.model) ||
      // Taking over a row in a one-to-one relation changes the row that had it.
      this.sender.hearsSave(model) ||
      this.sender.hearsBulkWrite(field.model) ||
      (field.through !== undefined && this.sender.hearsM2m(field.relationName)) ||
      ((operations.delete !== undefined || operations.deleteMany !== undefined) &&
        this.#hearsDeletion(field.model)) ||
      nestedData(field, operations).some(({ data }) => this.#hearsNested(field.model, data))
    );
  }

  /** Whether somebody hears of rows that change along with the key of a row. */
  #hearsFollowers(model: string, data: Data): boolean {
    return followersOf(this.schema, model, data).some((child) => this.#hearsBulk(child));
  }

  #hearsBulk(model: string): boolean {
    return (
      this.sender.hearsBulkWrite(model) || (this.policy.sendsEach(model) && this.sender.hearsSave(model))
    );
  }

  #hearsDeletion(model: string): boolean {
    const { deleted, cleared } = this.#reachOf(model);
    return deleted.some((one) => this.sender.hearsDelete(one)) || cleared.some((one) => this.#hearsBulk(one));
  }

  #reachOf(model: string): { deleted: readonly string[]; cleared: readonly string[] } {
    let reach = this.#reaches.get(model);
    if (reach === undefined) this.#reaches.set(model, (reach = reachOfDeletion(this.schema, model)));
    return reach;
  }
}

function reachOfDeletion(
  schema: SchemaMetadata,
  model: string,
): { deleted: readonly string[]; cleared: readonly string[] } {
  const deleted = new Set([model]);
  const cleared = new Set<string>();
  for (const one of deleted) {
    for (const { model: child, inverse } of relationsOf(schema.models[one]!)) {
      const field = schema.models[child]!.fields[inverse] as RelationField;
      if (field.onDelete === 'Cascade') deleted.add(child);
      else if (field.onDelete === 'SetNull' || field.onDelete === 'SetDefault') cleared.add(child);
    }
  }
  return { deleted: [...deleted], cleared: [...cleared] };
}
