import type { AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import { stopClock } from '../../support/clock.js';
import { compare } from '../compare.js';
import type { CaseRunner, Evaluator, Outcome, RecordedCase } from '../evaluator.js';
import { recordedCases } from '../recorded-cases.js';
import { Browser } from './client.js';
import { Encoder, normalise } from './encoder.js';
import type { MiddlewareCase, Observation } from './middleware-case.js';
import { openSite, type PlatformName, platforms } from './site.js';
import type { CaseRecord } from './views.js';

/** When the cases were recorded. */
const NOW = new Date('2024-05-01T12:00:00Z');

/** Sends the requests of each case over HTTP to a site on Express and to one on Fastify. */
export const middlewareEvaluator: Evaluator = {
  area: 'middleware',

  async open(): Promise<CaseRunner> {
    const names = recordedHeaders();
    return {
      async run(recorded: RecordedCase): Promise<Outcome> {
        const expected = (recorded as MiddlewareCase).observed.map(normalise);
        stopClock(NOW);
        try {
          for (const platform of platforms) {
            const outcome = compare(expected, await observe(platform, recorded as MiddlewareCase, names));
            if (outcome.status === 'fail')
              return { status: 'fail', detail: `${platform}: ${outcome.detail}` };
          }
          return { status: 'pass' };
        } finally {
          jest.useRealTimers();
        }
      },
      close: () => Promise.resolve(),
    };
  },
};

async function observe(
  platform: PlatformName,
  recorded: MiddlewareCase,
  names: ReadonlySet<string>,
): Promise<Observation[]> {
  const record: CaseRecord = { log: [], runs: 0 };
  const app = await openSite(platform, recorded, record);
  const { port } = app.getHttpServer().address() as AddressInfo;
  const browsers = new Map<string, Browser>();
  const encoder = new Encoder(names);
  const csrfCookieName = (recorded.given.settings?.['CSRF_COOKIE_NAME'] ?? 'csrftoken') as string;
  try {
    const observations: Observation[] = [];
    for (const [at, { request }] of recorded.steps.entries()) {
      const browser = browsers.get(request.client ?? '') ?? new Browser(port);
      if (request.client !== undefined) browsers.set(request.client, browser);
      const expected = recorded.observed[at];
      const runs = record.runs;
      const encoded = encoder.encode(await browser.send(request, csrfCookieName), expected);
      observations.push({
        ...encoded,
        ...(expected?.log === undefined ? {} : { log: record.log.splice(0) }),
        ...(expected?.view_ran === undefined ? {} : { view_ran: record.runs > runs }),
      });
    }
    return observations;
  } finally {
    await app.close();
  }
}

/** The headers that the recording looked at. */
function recordedHeaders(): ReadonlySet<string> {
  const cases = recordedCases('middleware') as unknown as readonly MiddlewareCase[];
  return new Set(cases.flatMap(({ observed }) => observed.flatMap(({ headers }) => Object.keys(headers))));
}
