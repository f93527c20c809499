import type { AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import { stopClock } from '../../support/clock.js';
import { compare } from '../compare.js';
import type { CaseRunner, Evaluator, Outcome, RecordedCase } from '../evaluator.js';
import { recordedCases } from '../recorded-cases.js';
import { Browser } from './browser.js';
import { Encoder } from './encoder.js';
import type { HttpCase, HttpObservation } from './http-case.js';
import { platforms } from './platforms.js';
import { openSite } from './site.js';
import type { Runs } from './views.js';

/** When the clock of every case stands at its start. */
const NOW = new Date('2024-05-01T12:00:00Z');

/** Sends the requests of each case over HTTP to a site on Express and to one on Fastify. */
export const cacheHttpEvaluator: Evaluator = {
  area: 'cache_http',

  async open(): Promise<CaseRunner> {
    const encoder = new Encoder(recordedHeaders());
    return {
      async run(recorded: RecordedCase): Promise<Outcome> {
        for (const platform of Object.keys(platforms)) {
          const { observed } = recorded as HttpCase;
          const outcome = compare(observed, await observe(platform, recorded as HttpCase, encoder));
          if (outcome.status === 'fail') return { status: 'fail', detail: `${platform}: ${outcome.detail}` };
        }
        return { status: 'pass' };
      },
      close: () => Promise.resolve(),
    };
  },
};

async function observe(platform: string, recorded: HttpCase, encoder: Encoder): Promise<HttpObservation[]> {
  stopClock(NOW);
  const runs: Runs = { count: 0 };
  const app = await openSite(platform, recorded, runs);
  const { port } = app.getHttpServer().address() as AddressInfo;
  const browsers = new Map<string, Browser>();
  const observations: HttpObservation[] = [];
  try {
    for (const [at, { request }] of recorded.steps.entries()) {
      const { client = 'A', advance = 0 } = request;
      if (!browsers.has(client)) browsers.set(client, new Browser(port));
      jest.setSystemTime(Date.now() + advance * 1000);
      const before = runs.count;
      const answer = await browsers.get(client)!.send(request);
      observations.push({ ...encoder.encode(answer, recorded.observed[at]), view_ran: runs.count > before });
    }
    return observations;
  } finally {
    await app.close();
    jest.useRealTimers();
  }
}

/** The headers that the recording looked at. */
function recordedHeaders(): ReadonlySet<string> {
  const cases = recordedCases('cache_http') as readonly RecordedCase[] as readonly HttpCase[];
  return new Set(cases.flatMap(({ observed }) => observed.flatMap(({ headers }) => Object.keys(headers))));
}
