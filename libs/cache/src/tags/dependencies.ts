import { AsyncLocalStorage } from 'node:async_hooks';
import { contextKey, requestContext, type RequestContext } from '@nest-quintet/core';

/** Collects the tags of what a page or a fragment is made from, while it is made. */
export class Dependencies {
  readonly tags = new Set<string>();

  constructor(private readonly outer?: Dependencies) {}

  add(tags: Iterable<string>): void {
    for (const tag of tags) this.tags.add(tag);
    this.outer?.add(tags);
  }
}

const ofRequest = contextKey<Dependencies>('cache.dependencies');
const ofPart = new AsyncLocalStorage<Dependencies>();

/** Returns what collects at this point of the asynchronous flow; `undefined` where nobody wants to know. */
export function currentDependencies(): Dependencies | undefined {
  return ofPart.getStore() ?? requestContext.get(ofRequest);
}

/** Collects for the rest of a request, rendering included. */
export function collectForRequest(context: RequestContext): Dependencies {
  const dependencies = new Dependencies(context.get(ofRequest));
  context.set(ofRequest, dependencies);
  return dependencies;
}

/** Collects while `make` runs; whatever surrounds it depends on the same. */
export function collectDependencies<T>(make: (dependencies: Dependencies) => T): T {
  const dependencies = new Dependencies(currentDependencies());
  return ofPart.run(dependencies, () => make(dependencies));
}
