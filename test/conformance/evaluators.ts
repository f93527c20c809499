import type { Area, Evaluator } from './evaluator.js';

/**
 * The evaluators that exist, each loaded when its area is run.
 *
 * @example
 * orm: async () => (await import('./orm/orm-evaluator.js')).ormEvaluator,
 */
export const evaluators: Partial<Record<Area, () => Promise<Evaluator>>> = {
  orm: async () => (await import('./orm/orm-evaluator.js')).ormEvaluator,
  cache_api: async () => (await import('./cache_api/cache-evaluator.js')).cacheApiEvaluator,
  cache_http: async () => (await import('./cache_http/http-evaluator.js')).cacheHttpEvaluator,
  fragments: async () => (await import('./fragments/fragments-evaluator.js')).fragmentsEvaluator,
  middleware: async () => (await import('./middleware/middleware-evaluator.js')).middlewareEvaluator,
  signals: async () => (await import('./signals/signals-evaluator.js')).signalsEvaluator,
  sessions: async () => (await import('./sessions/sessions-evaluator.js')).sessionsEvaluator,
};
