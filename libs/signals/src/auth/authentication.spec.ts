import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { disconnectAll } from '../testing.js';
import { userLoggedIn, userLoggedOut, userLoginFailed } from './auth-signals.js';
import { Authentication } from './authentication.js';

interface User {
  readonly name: string;
}

const ada: User = { name: 'ada' };
const authentication = new Authentication<User, { name: string; password?: string; pin?: number }>({
  users: 'Customer',
  backends: [
    ({ name, password }) => (name === 'ada' && password === 'pw' ? ada : null),
    async ({ name, pin }) => (name === 'ada' && pin === 1 ? ada : undefined),
  ],
});

let log: unknown[];
beforeEach(() => {
  log = [];
  userLoggedIn.connect(({ sender, user }) => void log.push(['in', sender, user]));
  userLoggedOut.connect(({ sender, user }) => void log.push(['out', sender, user]));
  userLoginFailed.connect(
    ({ sender, credentials, request }) => void log.push(['failed', sender, credentials, request]),
  );
});
afterEach(() => disconnectAll());

/** A request whose session writes down what becomes of it. */
function visit() {
  const note = (line: string) => async () => void log.push(line);
  return {
    user: undefined as User | null | undefined,
    session: { cycleKey: note('cycled'), flush: note('flushed') },
  };
}

describe('Authentication', () => {
  it('asks one backend after another', async () => {
    expect(await authentication.authenticate({ name: 'ada', password: 'pw' })).toBe(ada);
    expect(await authentication.authenticate({ name: 'ada', pin: 1 })).toBe(ada);
    expect(log).toEqual([]);
  });

  it('tells of credentials that nobody knows, without their secrets', async () => {
    const request = {};
    expect(await authentication.authenticate({ name: 'bob', password: 'x' }, request)).toBeNull();
    expect(log).toEqual([['failed', 'Customer', { name: 'bob', password: '*'.repeat(20) }, request]]);
  });

  it('logs in under a new session key, and tells of it afterwards', async () => {
    const request = visit();
    await authentication.login(request, ada);
    expect(request.user).toBe(ada);
    expect(log).toEqual(['cycled', ['in', 'Customer', ada]]);
  });

  it('tells of a logout while the user is known, and then ends the session', async () => {
    const request = visit();
    await authentication.login(request, ada);
    log.length = 0;
    await authentication.logout(request);
    await authentication.logout(request);
    expect(log).toEqual([['out', 'Customer', ada], 'flushed', ['out', 'Customer', null], 'flushed']);
    expect(request.user).toBeNull();
  });
});
