import { Signal } from '@nest-quintet/signals';
import type { Database } from '../database/database.js';

export interface ConnectionCreatedPayload {
  /** The alias of the database. */
  readonly using: string;
  readonly database: Database;
}

export interface PreMigratePayload {
  /** The alias that `applyMigrations()` was given. */
  readonly using: string;
  /** The names of the migrations that are about to be applied; empty where there are none. */
  readonly plan: readonly string[];
}

export interface PostMigratePayload extends PreMigratePayload {
  /** The names of those that were applied; another process may have applied the rest. */
  readonly applied: readonly string[];
}

/**
 * Sent for each database of an application when it is connected, before any request; the sender is its alias.
 *
 * The driver opens the single connections of its pool by itself, later, and tells nobody.
 *
 * Django: `connection_created`.
 */
export const connectionCreated = new Signal<ConnectionCreatedPayload, string>('connectionCreated');

/**
 * Sent by `applyMigrations()` before the first migration; a receiver that throws prevents all of them. The sender is
 * the alias of the database.
 *
 * Django: `pre_migrate`.
 */
export const preMigrate = new Signal<PreMigratePayload, string>('preMigrate');

/** Sent by `applyMigrations()` after the last migration, where there was none to apply too. Django: `post_migrate`. */
export const postMigrate = new Signal<PostMigratePayload, string>('postMigrate');
