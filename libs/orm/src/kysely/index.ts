export { kyselyOf } from './kysely-of.js';
export type { Column, ColumnWithDefault, Tables } from './tables.js';
