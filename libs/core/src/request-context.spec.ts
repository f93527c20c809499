import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { contextKey, RequestContext, requestContext } from './index.js';

const user = contextKey<string>('user');

describe('requestContext', () => {
  it('is absent outside of a request', () => {
    expect(requestContext.current()).toBeUndefined();
    expect(requestContext.get(user)).toBeUndefined();
  });

  it('keeps concurrent requests apart', async () => {
    const visit = (name: string, delay: number) =>
      requestContext.run(new RequestContext(), async () => {
        requestContext.current()!.set(user, name);
        await wait(delay);
        return requestContext.get(user);
      });
    expect(await Promise.all([visit('ada', 8), visit('bo', 2)])).toEqual(['ada', 'bo']);
  });

  it('makes a slot once', () => {
    const context = new RequestContext();
    const made = [context.getOrCreate(user, () => 'first'), context.getOrCreate(user, () => 'second')];
    expect(made).toEqual(['first', 'first']);
  });
});
