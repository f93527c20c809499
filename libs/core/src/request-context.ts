import { AsyncLocalStorage } from 'node:async_hooks';

/** Names one slot of the request context; make one with {@link contextKey} and keep it where the value belongs. */
export interface ContextKey<T> {
  readonly name: string;
  /** Carries the type only; never set. */
  readonly type?: T;
}

let isWanted = false;

/**
 * Makes a typed slot of the request context. Two slots of one name are two slots.
 *
 * @param isPassive Says that the slot is filled by a middleware of the list alone: without one, nobody misses the context.
 */
export function contextKey<T>(name: string, { isPassive = false } = {}): ContextKey<T> {
  isWanted ||= !isPassive;
  return { name };
}

/** Holds what belongs to one request, from the first middleware to the last byte of the response. */
export class RequestContext {
  readonly #values = new Map<ContextKey<unknown>, unknown>();

  get<T>(key: ContextKey<T>): T | undefined {
    return this.#values.get(key) as T | undefined;
  }

  set<T>(key: ContextKey<T>, value: T): void {
    this.#values.set(key, value);
  }

  /** Returns the slot's value, made on first use. */
  getOrCreate<T>(key: ContextKey<T>, create: () => T): T {
    if (!this.#values.has(key)) this.#values.set(key, create());
    return this.#values.get(key) as T;
  }
}

const storage = new AsyncLocalStorage<RequestContext>();

/**
 * Reaches the current request from anywhere in its asynchronous flow.
 *
 * @example
 * const tenant = contextKey<string>('tenant');
 * requestContext.run(new RequestContext(), () => {
 *   requestContext.current()?.set(tenant, 'acme');
 * });
 */
export const requestContext = {
  /** Runs `fn` with `context` as the current one. */
  run<T>(context: RequestContext, fn: () => T): T {
    return storage.run(context, fn);
  },

  /**
   * Says whether there is a slot that anybody could fill at any time.
   *
   * As long as there is none, a request that no middleware looks at needs no context. Following it through every
   * promise of a handler is what costs most of a pipeline with an empty list.
   */
  get isWanted(): boolean {
    return isWanted;
  },

  /** Returns the current request's context; `undefined` outside of a request, and where nobody can have made a slot. */
  current(): RequestContext | undefined {
    return storage.getStore();
  },

  /** Returns one slot of the current request; `undefined` outside of a request. */
  get<T>(key: ContextKey<T>): T | undefined {
    return storage.getStore()?.get(key);
  },
};
