import type { ModelMetadata, RelationField, SchemaMetadata } from '../metadata/schema.js';
import { Draft } from './draft.js';
import type { Data } from './prisma-calls.js';
import { foreignKey, isSameValue, relationsOf, type Rows, type StoredRow } from './rows.js';
import type { SignalSender } from './signal-sender.js';
import type { WritePolicy } from './write-policy.js';

/** A row that the database changes by itself, and what it changes of it. */
interface Change {
  readonly row: StoredRow;
  readonly data: Data;
}

interface Following {
  readonly model: string;
  readonly operation: 'setNull' | 'cascade';
  readonly changes: readonly Change[];
}

/** Sends the signals of rows whose keys the database changes along with the rows that they refer to. */
export class Followers {
  readonly #all: Following[] = [];
  readonly #drafts: { readonly model: string; readonly row: StoredRow; readonly draft: Draft }[] = [];

  constructor(
    private readonly rows: Rows,
    private readonly sender: SignalSender,
    private readonly policy: WritePolicy,
  ) {}

  /** Whether anybody hears of rows of a model that the database changes. */
  hears(model: string): boolean {
    return this.sender.hearsBulkWrite(model) || this.#sendsEach(model);
  }

  /** Adds rows whose key becomes empty. */
  addNulled(model: string, field: RelationField, rows: readonly StoredRow[]): void {
    const data = Object.fromEntries(field.fromFields.map((name) => [name, null]));
    this.#add({ model, operation: 'setNull', changes: rows.map((row) => ({ row, data })) });
  }

  /** Adds the rows that refer to a row whose own key changes, and those that refer to them. */
  async addReferrers(model: string, before: StoredRow, after: StoredRow): Promise<void> {
    for (const [child, field] of referrersOf(this.rows.schema, model)) {
      const isMoved = field.toFields.some((name) => !isSameValue(before[name], after[name]));
      if (!isMoved || !changesAlong(field)) continue;
      const rows = await this.rows.referring(child, field, [before]);
      if (field.onUpdate !== 'Cascade') {
        this.addNulled(child, field, rows);
        continue;
      }
      const data = foreignKey(field, after);
      this.#add({ model: child, operation: 'cascade', changes: rows.map((row) => ({ row, data })) });
      for (const row of rows) await this.addReferrers(child, row, { ...row, ...data });
    }
  }

  /** Sends `preSave` where the signals of each row are wanted. */
  async before(): Promise<void> {
    for (const { model, changes } of this.#all) {
      if (!this.#sendsEach(model)) continue;
      for (const { row, data } of changes) {
        const draft = new Draft(this.rows.model(model), data, row);
        await this.sender.preSave(model, draft, row);
        this.#drafts.push({ model, row, draft });
      }
    }
  }

  /** Sends `postSave` of each row, and `postBulkWrite` of all. */
  async after(): Promise<void> {
    for (const { model, row, draft } of this.#drafts) {
      const key = this.rows.keyOf(model, { ...row, ...draft.result });
      draft.store((await this.rows.find(model, key)) ?? {});
      await this.sender.postSave(model, draft, row);
    }
    for (const { model, operation, changes } of this.#all) {
      if (!this.sender.hearsBulkWrite(model)) continue;
      await this.sender.bulkWrite(model, { operation, data: changes[0]!.data, count: changes.length });
    }
  }

  #add(following: Following): void {
    if (following.changes.length > 0 && this.hears(following.model)) this.#all.push(following);
  }

  #sendsEach(model: string): boolean {
    return this.policy.sendsEach(model) && this.sender.hearsSave(model);
  }
}

/** Returns the relations that refer to a model. */
export function referrersOf(schema: SchemaMetadata, model: string): readonly Referrer[] {
  const own = schema.models[model] as ModelMetadata;
  let found = known.get(own);
  if (found === undefined) {
    found = relationsOf(own).flatMap(({ model: child, inverse }): Referrer[] => {
      const field = schema.models[child]!.fields[inverse];
      return field?.kind === 'relation' && field.fromFields.length > 0 ? [[child, field]] : [];
    });
    known.set(own, found);
  }
  return found;
}

export type Referrer = readonly [child: string, field: RelationField];

const known = new WeakMap<ModelMetadata, readonly Referrer[]>();

/** Returns the models whose rows may change along with what data says of the key of a row. */
export function followersOf(schema: SchemaMetadata, model: string, data: Data): string[] {
  return referrersOf(schema, model)
    .filter(([, field]) => changesAlong(field) && field.toFields.some((name) => data[name] !== undefined))
    .map(([child]) => child);
}

function changesAlong({ onUpdate }: RelationField): boolean {
  return onUpdate === 'Cascade' || onUpdate === 'SetNull' || onUpdate === 'SetDefault';
}
