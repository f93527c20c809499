export * from './liquid-cache.js';
