export * from './database/database.js';
export * from './metadata/register.js';
export * from './metadata/schema.js';
