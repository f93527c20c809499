import { describe, expect, it } from '@jest/globals';
import { compare } from './compare.js';
import { Differences } from './differences.js';
import type { Evaluator } from './evaluator.js';
import { problemsOf, runArea, summaryOf } from './run-area.js';

/** Passes the cases whose id ends so, and throws over those that are broken. */
const evaluator: Evaluator = {
  area: 'fragments',
  open: async () => ({
    run: async ({ id }) => {
      if (id.endsWith('broken')) throw new Error('out of ink');
      return id.endsWith('right') ? { status: 'pass' } : { status: 'fail', detail: 'observed 2' };
    },
    close: async () => {},
  }),
};

const run = (ids: string[], listed: ConstructorParameters<typeof Differences>[0] = {}) =>
  runArea(
    evaluator,
    ids.map((id) => ({ id })),
    new Differences(listed),
    { database: 'pglite' },
  );

describe('runArea()', () => {
  it('tells what passes, fails and differs', async () => {
    const report = await run(['a.right', 'a.wrong', 'b.wrong'], {
      'b.wrong': { kind: 'deliberate', reason: 'ours is better' },
    });
    expect(report.cases).toEqual([
      { id: 'a.right', status: 'pass', detail: null },
      { id: 'a.wrong', status: 'fail', detail: 'observed 2' },
      { id: 'b.wrong', status: 'difference', detail: 'deliberate: ours is better (observed 2)' },
    ]);
    expect(summaryOf(report)).toBe('fragments on pglite: 1 pass, 1 fail, 1 differ');
    expect(problemsOf(report)).toEqual(['a.wrong: observed 2']);
  });

  it('fails a case over which the evaluator throws, and goes on', async () => {
    const { cases } = await run(['a.broken', 'a.right']);
    expect(cases.map(({ status }) => status)).toEqual(['fail', 'pass']);
    expect(cases[0]!.detail).toContain('out of ink');
  });

  it('wants a line removed that lists a case which passes, unless it covers many', async () => {
    const reason = 'not built';
    const own = await run(['a.right'], { 'a.right': { kind: 'not-yet', reason } });
    expect(problemsOf(own)).toEqual(['a.right: passes; remove its line from differences.json']);
    const many = await run(['a.right', 'a.wrong'], { 'a.*': { kind: 'not-yet', reason } });
    expect(problemsOf(many)).toEqual([]);
  });

  it('heeds a line on the databases that it names', async () => {
    const report = await run(['a.wrong'], {
      'a.wrong': { kind: 'deliberate', reason: 'no such type', databases: ['sqlite'] },
    });
    expect(problemsOf(report)).toEqual(['a.wrong: observed 2']);
  });
});

describe('Differences', () => {
  it('allows a "*" only for what is still to be built', () => {
    expect(() => new Differences({ 'a.*': { kind: 'deliberate', reason: 'all of them' } })).toThrow(
      /only what is not-yet/,
    );
  });

  it('names the lines that no case falls under', () => {
    const reason = 'later';
    const differences = new Differences({
      'a.*': { kind: 'not-yet', reason },
      'b.*': { kind: 'not-yet', reason },
      'a.gone': { kind: 'not-yet', reason },
    });
    expect(differences.unused(['a.one'])).toEqual(['b.*', 'a.gone']);
  });
});

describe('compare()', () => {
  it('names the first place that differs', () => {
    expect(compare({ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] })).toEqual({
      status: 'fail',
      detail: '.a[1].b: expected 2, observed 3',
    });
  });

  it('takes no account of the order of keys, nor of keys without a value', () => {
    expect(compare({ a: 1, b: 2 }, { b: 2, a: 1, c: undefined })).toEqual({ status: 'pass' });
  });
});
