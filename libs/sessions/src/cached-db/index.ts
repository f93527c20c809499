export * from './cached-db.engine.js';
