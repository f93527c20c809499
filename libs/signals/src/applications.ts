import { contextKey, requestContext, RequestContext } from '@nest-quintet/core';
import type { SignalDispatcher } from './dispatcher.js';

// A signal is a constant of its module and an application is not, so something in the process has to know which
// applications run in it. This is the only place that does.
const running = new Set<SignalDispatcher>();
const starting = new Set<SignalDispatcher>();
const owners = new WeakMap<object, SignalDispatcher | 'shared'>();
const scope = contextKey<SignalDispatcher>('signals.dispatcher', { isPassive: true });

/** The applications of this process, each known by its dispatcher. */
export const applications = {
  /** The running ones. */
  running: running as ReadonlySet<SignalDispatcher>,

  /** The only one that runs, or, where none does, the one that began to start last; kept ready for every send. */
  only: undefined as SignalDispatcher | undefined,

  /** Whether there is more than one, those that start counted. */
  areSeveral: false,

  /** Counts one as starting: its providers may send signals before it runs. */
  announce(dispatcher: SignalDispatcher): void {
    starting.add(dispatcher);
    changed();
  },

  /** Counts one as running, which one whose start fails never does. */
  register(dispatcher: SignalDispatcher): void {
    starting.delete(dispatcher);
    running.add(dispatcher);
    changed();
  },

  /** Counts one as ended. */
  release(dispatcher: SignalDispatcher): void {
    starting.delete(dispatcher);
    running.delete(dispatcher);
    changed();
  },

  /** Remembers that what this provider sends belongs to its application. */
  claim(provider: object, dispatcher: SignalDispatcher): void {
    const owner = owners.get(provider);
    owners.set(provider, owner === undefined || owner === dispatcher ? dispatcher : 'shared');
  },

  /** Returns the application that a provider belongs to. */
  ownerOf(provider: unknown): SignalDispatcher | undefined {
    if (typeof provider !== 'object' || provider === null) return undefined;
    const owner = owners.get(provider);
    return owner === 'shared' ? undefined : owner;
  },

  /** Returns the application whose request or `dispatcher.run()` the current flow is part of. */
  current(): SignalDispatcher | undefined {
    return requestContext.get(scope);
  },

  /** Runs `fn` as part of an application; in a request context of its own where the current one is another's. */
  run<T>(dispatcher: SignalDispatcher, fn: () => T): T {
    const context = requestContext.current();
    if (context !== undefined && (context.get(scope) ?? dispatcher) === dispatcher) {
      context.set(scope, dispatcher);
      return fn();
    }
    const own = new RequestContext();
    own.set(scope, dispatcher);
    return requestContext.run(own, fn);
  },
};

function changed(): void {
  applications.only = running.size > 1 ? undefined : [...running, ...[...starting].reverse()][0];
  applications.areSeveral = running.size + starting.size > 1;
}
