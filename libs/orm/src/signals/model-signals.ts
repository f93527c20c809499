import { Signal, type SignalEvent } from '@nest-quintet/signals';
import type { ModelName, RegisteredClient, RegisteredModels } from '../metadata/register.js';

/** A row of a model: its scalar fields. */
export type Row<M extends ModelName = ModelName> = RegisteredModels[M]['payload']['scalars'];

interface WriteContext {
  /** The alias of the database that is written to. */
  readonly using: string;
  /** Whether the write loads a fixture, so that a receiver is not to touch other rows. */
  readonly raw: boolean;
  /** The client; what a receiver does by it is in the same transaction as the write. */
  readonly client: RegisteredClient;
}

export interface SavePayload<M extends ModelName = ModelName> extends WriteContext {
  /** The row: as it will be in `preSave`, where a receiver may change what is written, and as it is in `postSave`. */
  readonly instance: Row<M>;
  readonly created: boolean;
  /** The fields that are written; `null` for a new row and for a write that names them all. */
  readonly updateFields: readonly (keyof Row<M> & string)[] | null;
  /** Returns the row as it was before the write; `null` for a new one. */
  previous(): Promise<Row<M> | null>;
}

/** What `delete` or `deleteMany` was called on. */
export interface DeleteOrigin {
  readonly model: string;
  /** The row, when one was named. */
  readonly instance?: object;
  /** The filter, when several were. */
  readonly where?: object;
}

export interface DeletePayload<M extends ModelName = ModelName> extends WriteContext {
  /** The row as it was last stored. */
  readonly instance: Row<M>;
  readonly origin: DeleteOrigin;
}

export type M2mAction = 'preAdd' | 'postAdd' | 'preRemove' | 'postRemove' | 'preClear' | 'postClear';

export interface M2mChangedPayload extends WriteContext {
  readonly action: M2mAction;
  /** The row whose relation changes. */
  readonly instance: object;
  /** Whether the row is on the side of the join table's column `B`. */
  readonly reverse: boolean;
  /** The model of the keys in `pkSet`. */
  readonly model: string;
  /** The keys that really change; `null` when the relation is cleared. */
  readonly pkSet: ReadonlySet<unknown> | null;
}

export interface BulkWritePayload extends WriteContext {
  /** `createMany`, `updateMany`, `deleteMany` and their variants, or what the database did by itself: `setNull`. */
  readonly operation: string;
  readonly where?: unknown;
  readonly data?: unknown;
  /** The number of rows. */
  readonly count: number;
}

export type PreSave<M extends ModelName = ModelName> = SignalEvent<SavePayload<M>, M>;
export type PostSave<M extends ModelName = ModelName> = SignalEvent<SavePayload<M>, M>;
export type PreDelete<M extends ModelName = ModelName> = SignalEvent<DeletePayload<M>, M>;
export type PostDelete<M extends ModelName = ModelName> = SignalEvent<DeletePayload<M>, M>;
export type M2mChanged = SignalEvent<M2mChangedPayload, string>;
export type PostBulkWrite<M extends ModelName = ModelName> = SignalEvent<BulkWritePayload, M>;

// The types are written out: what is inferred here, where no model is registered, would be published as `string`.

/** Sent before a row is inserted or updated; a receiver that throws prevents it. Django: `pre_save`. */
export const preSave: Signal<SavePayload, ModelName> = new Signal('preSave');
/** Sent after a row was inserted or updated, in the same transaction. Django: `post_save`. */
export const postSave: Signal<SavePayload, ModelName> = new Signal('postSave');
/** Sent before a row is deleted, cascades included; a receiver that throws prevents it. Django: `pre_delete`. */
export const preDelete: Signal<DeletePayload, ModelName> = new Signal('preDelete');
/** Sent after a row was deleted, in the same transaction. Django: `post_delete`. */
export const postDelete: Signal<DeletePayload, ModelName> = new Signal('postDelete');
/**
 * Sent before and after links of an implicit many-to-many relation change; the sender is the relation's name.
 *
 * Django: `m2m_changed`, whose sender is the through model.
 */
export const m2mChanged = new Signal<M2mChangedPayload, string>('m2mChanged');
/** Sent after a statement that wrote many rows at once, for which no signals of the single rows are sent. */
export const postBulkWrite: Signal<BulkWritePayload, ModelName> = new Signal('postBulkWrite');
