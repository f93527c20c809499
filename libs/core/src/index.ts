export * from './duration.js';
export * from './errors.js';
export * from './facts.js';
export * from './request-context.js';
export * from './signing.js';
