export * from './adapter/report-error.js';
export * from './database/database-options.js';
export * from './database/database.js';
export * from './database/prisma-database.js';
export * from './metadata/register.js';
export * from './metadata/schema.js';
export * from './transactions/errors.js';
export * from './transactions/on-commit.js';
