import type { Area, Evaluator } from './evaluator.js';

/**
 * The evaluators that exist, each loaded when its area is run.
 *
 * @example
 * orm: async () => (await import('./orm/orm-evaluator.js')).ormEvaluator,
 */
export const evaluators: Partial<Record<Area, () => Promise<Evaluator>>> = {
  middleware: async () => (await import('./middleware/middleware-evaluator.js')).middlewareEvaluator,
  sessions: async () => (await import('./sessions/sessions-evaluator.js')).sessionsEvaluator,
};
