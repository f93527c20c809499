import { QuintetError } from '@nest-quintet/core';

/** Says that the migrations folder and the database do not fit together, or that a migration failed. */
export class MigrationError extends QuintetError {}
