import type { Store } from 'express-session';
import { ImproperlyConfiguredError } from '@nest-quintet/core';
import type { Engine } from '../session/session-backend.js';
import { StoreEngine } from './store.engine.js';

/**
 * Returns the engine itself, or one around an express-session store.
 *
 * @throws ImproperlyConfiguredError when it is neither.
 */
export function resolveEngine(engine: Engine | Store | undefined): Engine {
  if (isEngine(engine)) return engine;
  // By its shape: a store may extend the Store of another copy of express-session.
  if (isStore(engine)) return new StoreEngine(engine);
  throw new ImproperlyConfiguredError(
    `SessionsModule: engine ${engine === undefined ? 'is missing' : 'is no session store'}. Give prismaEngine(), cacheEngine(), signedCookieEngine(), memoryEngine() or an express-session store.`,
  );
}

function isEngine(engine: unknown): engine is Engine {
  return typeof (engine as Partial<Engine> | null | undefined)?.fetch === 'function';
}

function isStore(engine: unknown): engine is Store {
  const store = engine as Partial<Store> | null | undefined;
  return [store?.get, store?.set, store?.destroy].every((method) => typeof method === 'function');
}
