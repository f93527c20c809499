export * from './prisma.cache.js';
