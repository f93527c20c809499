export * from './generate.js';
export * from './schema-metadata.js';
