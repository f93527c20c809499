export * from './memcached.cache.js';
