export * from './apply-migrations.js';
export * from './create-migration.js';
export * from './migration-error.js';
export type { MigrationStatus } from './migration-status.js';
