import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FieldError } from '../errors.js';
import { Count, F, Value } from '../expressions/index.js';
import { useQuerySets } from './query-sets.spec-support.js';

/** How many random texts are tried; `npm test` tries a few of them. */
const numRuns = Number(process.env.QUINTET_INJECTION_RUNS ?? 100);

const hostile = fc.oneof(
  // PostgreSQL stores no NUL in a text.
  fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '')),
  fc.constantFrom(
    `"; drop table shop_book; --`,
    `' or 1=1 --`,
    '$1',
    '?',
    '__proto__',
    'constructor',
    `id"`,
    'a.b',
    '-',
    '`x`',
  ),
);

describe('QuerySet', () => {
  const { of } = useQuerySets();

  /** Runs a query that names something random: it works, or says that there is no such name. */
  async function runs(query: () => PromiseLike<unknown>): Promise<void> {
    try {
      await query();
    } catch (error) {
      expect(error).toBeInstanceOf(FieldError);
    }
  }

  it('takes any text for a value', () =>
    fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const rows = await of('Publisher')
          .annotate({ text: Value(text) })
          .filter({ text, OR: [{ name: { contains: text } }, { name: { not: { iexact: text } } }] })
          .valuesList('text', { flat: true })
          .slice(0, 1);
        expect(rows).toEqual([text]);
      }),
      { numRuns },
    ));

  it('takes any text for a name, and refuses what is none', () =>
    fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        await runs(() => of('Book').orderBy(text as 'id'));
        await runs(() => of('Book').filter({ [text]: 1 }));
        await runs(() => of('Book').filter({ [`publisher.${text}`]: 1 }));
        await runs(() => of('Book').values(text as 'id'));
        await runs(() => of('Book').annotate({ x: F(text) } as never));
        await runs(() => of('Book').aggregate({ x: Count(text) } as never));
        await runs(() => of('Book').selectRelated(text as 'publisher'));
        await runs(() => of('Book').prefetchRelated(text));
      }),
      { numRuns },
    ));

  it('takes any text for the name of an annotation and for a JSON key', () =>
    fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        await runs(() => of('Book').filter({ meta: { path: [text], equals: text } }));
        await runs(() => of('Book').orderBy(`meta.${text}`));
        if (text.includes('.')) return;
        const [row] = await of('Book')
          .annotate({ [`x${text}`]: Count('authors') })
          .orderBy('id')
          .slice(0, 1);
        expect((row as Record<string, unknown>)[`x${text}`]).toBe(2);
      }),
      { numRuns },
    ));
});
