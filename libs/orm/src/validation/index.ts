export { type FullCleanOptions, type ValidationRules, type Validator } from './validation-rules.js';
export * from './validation-error.js';
