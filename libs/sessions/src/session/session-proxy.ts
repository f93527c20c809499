import type { ExpressSession } from './express-session.js';
import { STATE } from './session.js';
import type { SessionData } from './session-data.js';

/** What `req.session` and `@Session()` hold: the methods, and the declared keys as properties. */
export type SessionObject = ExpressSession & Partial<SessionData>;

/**
 * Shows a session as the plain object that express-session users expect: `session.visits = 1`.
 *
 * A name of the session's own, such as `get` or `cookie`, is never a key; `session.set('get', …)` reaches such a key.
 */
export function asPlainObject(session: ExpressSession): SessionObject {
  return new Proxy(session, handler);
}

const SETTABLE = new Set(['modified', 'cookie']);

const handler: ProxyHandler<ExpressSession> = {
  get(session, name, proxy) {
    if (!isKey(session, name)) return readOwn(session, name, proxy);
    return session.has(name) ? session[STATE].watch(name) : undefined;
  },

  set(session, name, value) {
    if (isKey(session, name)) {
      session[STATE].write(name, value);
      return true;
    }
    if (typeof name === 'symbol' || SETTABLE.has(name)) return Reflect.set(session, name, value, session);
    throw new TypeError(
      `"${String(name)}" is a name of the session itself. Write session.set('${String(name)}', …) to keep a value under it.`,
    );
  },

  has(session, name) {
    return isKey(session, name) ? session.has(name) : name in session;
  },

  deleteProperty(session, name) {
    if (isKey(session, name)) session.delete(name);
    return true;
  },

  ownKeys(session) {
    return session.keys();
  },

  getOwnPropertyDescriptor(session, name) {
    if (!isKey(session, name) || !session.has(name)) return undefined;
    return { value: session[STATE].watch(name), writable: true, enumerable: true, configurable: true };
  },

  defineProperty(session, name, { value }) {
    if (!isKey(session, name)) return false;
    session[STATE].write(name, value);
    return true;
  },
};

/** Tells the keys of the application from the names of the session, and from those that JavaScript itself looks for. */
function isKey(session: ExpressSession, name: string | symbol): name is string {
  // A promise that resolves to the session looks for `then`: that is no access by the application.
  return typeof name === 'string' && name !== 'then' && !(name in session);
}

function readOwn(session: ExpressSession, name: string | symbol, proxy: unknown): unknown {
  const value: unknown = Reflect.get(session, name, session);
  // What every object inherits keeps looking at the proxy.
  if (typeof value !== 'function' || name in Object.prototype) return value;
  // Private members are the session's, not the proxy's; what returns the session itself returns it as it is shown.
  return (...args: unknown[]) => {
    const result: unknown = Reflect.apply(value, session, args);
    return result === session ? proxy : result;
  };
}
