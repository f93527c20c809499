export * from './prisma.engine.js';
