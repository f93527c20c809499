export * from './redis.cache.js';
