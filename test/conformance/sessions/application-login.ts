import type { Session } from '@nest-quintet/sessions';
import { HostObject, type Keywords, Namespace, native, type Value } from '../python/index.js';
import { SessionObject } from './session-object.js';

/** A user of the application. */
class User extends HostObject {
  readonly typeName = 'User';

  constructor(readonly id: number) {
    super();
  }
}

/** Makes users on demand, each name with an id of its own, in order. */
export function userNames(): Value {
  const users = new Map<string, User>();
  return native('user', ([name]) => {
    const user = users.get(String(name)) ?? new User(users.size + 1);
    users.set(String(name), user);
    return user;
  });
}

/**
 * The login and the logout of an application, on what a session offers.
 *
 * Django has them in another package than its sessions; here they are the application's.
 */
export const auth = new Namespace({
  login: native('login', async ([request, user], keywords) => {
    const session = await sessionOf(request);
    await logIn(session, user as User, keywords);
    return null;
  }),
  logout: native('logout', async ([request]) => {
    await (await sessionOf(request)).flush();
    return null;
  }),
});

async function logIn(session: Session, user: User, { backend }: Keywords): Promise<void> {
  const current = session.get<string>('_auth_user_id');
  if (current === undefined) await session.cycleKey();
  else if (current !== String(user.id)) await session.flush();
  session.set('_auth_user_id', String(user.id));
  session.set('_auth_user_backend', backend);
  session.set('_auth_user_hash', '<hash>');
}

async function sessionOf(request: Value): Promise<Session> {
  const session = await (request as HostObject).getAttribute?.('session');
  return (session as SessionObject).session;
}
