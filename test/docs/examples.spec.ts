import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { checkExamples } from './check-examples.js';
import { examplesIn, examplesOf } from './examples.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('The examples of README and docs', () => {
  it('compile, every one of them', () => {
    const examples = examplesOf(root);
    expect(examples.length).toBeGreaterThan(5);
    expect(checkExamples(root, examples)).toEqual([]);
  }, 120_000);

  it('are found to be wrong where they are', () => {
    const page = [
      '<!-- check: declare const cache: Cache; … -->',
      '```ts',
      "await cache.set('key', 1, '5m');",
      "await cache.sett('key', 1);",
      '```',
      'and alone',
      '```ts',
      "const seconds: string = toSeconds('5m');",
      '```',
    ].join('\n');
    const problems = checkExamples(root, examplesIn('page.md', page));
    expect(problems).toHaveLength(2);
    expect(problems[0]).toMatch(/^page\.md:2: .*sett/);
    expect(problems[1]).toMatch(/^page\.md:7: .*string/);
  }, 120_000);
});
