export * from './inject-manager.decorator.js';
export { ManagerFor, type ManagerOptions } from './manager-for.decorator.js';
export type { ManagerDefinition } from './manager-providers.js';
export * from './manager.js';
export * from './orm-exception.filter.js';
