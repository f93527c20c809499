export * from './cache.engine.js';
