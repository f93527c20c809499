import { factChannel } from '@nest-quintet/core';

/** What is told of one template that was rendered for a response. Times are those of `performance.now()`. */
export interface TemplateFact {
  readonly name: string;
  /** The names of what the template could use. */
  readonly keys: readonly string[];
  readonly startedAt: number;
  readonly endedAt: number;
}

const templateFacts = factChannel<TemplateFact>('template');

/** Renders, and tells about it while somebody watches. */
export async function tellTemplate<T>(
  name: string,
  context: object | null | undefined,
  render: () => T,
): Promise<Awaited<T>> {
  if (!templateFacts.isWatched) return await render();
  const startedAt = performance.now();
  try {
    return await render();
  } finally {
    const keys = Object.keys(context ?? {});
    templateFacts.tell({ name, keys, startedAt, endedAt: performance.now() });
  }
}
