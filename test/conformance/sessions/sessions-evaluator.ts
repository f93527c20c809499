import { jest } from '@jest/globals';
import { stopClock } from '../../support/clock.js';
import { compare } from '../compare.js';
import type { CaseRunner, Evaluator, EvaluatorOptions, Outcome, RecordedCase } from '../evaluator.js';
import { normalise } from './encoder.js';
import { CaseRun, RECORDED_AT, type SessionCase } from './session-case.js';
import { openDatabase } from './session-database.js';
import { sessionStores } from './session-stores.js';

/**
 * Engines that have to do what the database engine does, also where Django's own do otherwise: those keep no moment of
 * expiry and store an empty session for an expired one.
 */
const agreeing = new Set(['file', 'signed_cookies']);

/** Sends the requests of each case over HTTP, on every engine of the case that we have, with the clock of the case. */
export const sessionsEvaluator: Evaluator = {
  area: 'sessions',

  async open({ databaseUrl }: EvaluatorOptions): Promise<CaseRunner> {
    const { database, close } = await openDatabase(databaseUrl);
    const stores = sessionStores(database);

    return {
      async run(recorded: RecordedCase): Promise<Outcome> {
        const { given, observed, differs } = recorded as SessionCase;
        const engines = given.engines.filter((name) => stores[name] !== undefined);
        if (engines.length === 0)
          return { status: 'fail', detail: `no engine for ${given.engines.join(', ')}` };
        stopClock(RECORDED_AT);
        try {
          for (const name of engines) {
            const store = await stores[name]!();
            const expected = agreeing.has(name) ? observed : (differs?.[name] ?? observed);
            const isSealed = store.engine.isSealed === true;
            const actual = await CaseRun.observe(recorded as SessionCase, store, expected);
            const outcome = compare(normalise(expected, isSealed), normalise(actual, isSealed));
            if (outcome.status === 'fail') return { status: 'fail', detail: `${name}: ${outcome.detail}` };
          }
        } finally {
          jest.useRealTimers();
        }
        return { status: 'pass' };
      },

      close,
    };
  },
};
