import { jest } from '@jest/globals';
import { stopClock } from '../../support/clock.js';
import { compare } from '../compare.js';
import type { CaseRunner, Evaluator, EvaluatorOptions, Outcome, RecordedCase } from '../evaluator.js';
import { normalise } from './encoder.js';
import { CaseRun, RECORDED_AT, type SessionCase } from './session-case.js';
import { openDatabase } from './session-database.js';
import { sessionStores } from './session-stores.js';

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
          const failures: string[] = [];
          for (const name of engines) {
            const store = await stores[name]!();
            // Django's own recording of the very engine.
            const expected = differs?.[name] ?? observed;
            const form = { isSealed: store.engine.isSealed === true, hasExpiry: name !== 'file' };
            const actual = await CaseRun.observe(recorded as SessionCase, store, expected);
            const outcome = compare(normalise(expected, form), normalise(actual, form));
            if (outcome.status === 'fail') failures.push(`${name}: ${outcome.detail}`);
          }
          if (failures.length > 0) return { status: 'fail', detail: failures.join('; ') };
        } finally {
          jest.useRealTimers();
        }
        return { status: 'pass' };
      },

      close,
    };
  },
};
