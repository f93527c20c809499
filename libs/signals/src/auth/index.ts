export * from './auth-signals.js';
export * from './authentication.js';
