import { afterEach, describe, expect, it } from '@jest/globals';
import { factChannel } from '@nest-quintet/core';
import request from 'supertest';
import { memoryEngine, type SessionFact } from './index.js';
import { type SessionApp, startApp } from './session-http.spec-support.js';

describe('A session that is watched', () => {
  let app: SessionApp | undefined;
  afterEach(() => app?.close());

  it('tells whether it was read, written and saved, and what is in it', async () => {
    const facts: SessionFact[] = [];
    using _ = factChannel<SessionFact>('session').watch((fact) => facts.push(fact));
    app = await startApp(memoryEngine());
    const visitor = request.agent(app.app.getHttpServer());
    await visitor.get('/passing-by').expect(200);
    await visitor.get('/visits').expect(200);
    await visitor.get('/read').expect(200);
    expect(facts).toEqual([
      { engine: 'MemoryEngine', isNew: true, accessed: false, modified: false, saved: false, data: {} },
      {
        engine: 'MemoryEngine',
        isNew: true,
        accessed: true,
        modified: true,
        saved: true,
        data: { visits: 1 },
      },
      {
        engine: 'MemoryEngine',
        isNew: false,
        accessed: true,
        modified: false,
        saved: false,
        data: { visits: 1 },
      },
    ]);
  });
});
