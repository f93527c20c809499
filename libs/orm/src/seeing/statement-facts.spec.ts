import { describe, expect, it } from '@jest/globals';
import { factChannel } from '@nest-quintet/core';
import { useQuerySets } from '../query-set/query-sets.spec-support.js';
import { type StatementFact, tellStatements } from './statement-facts.js';

describe('tellStatements()', () => {
  const sets = useQuerySets();

  it('tells of every statement, with where it comes from and how the database runs it', async () => {
    expect(tellStatements(sets.shop.database)).toBeUndefined();
    const facts: StatementFact[] = [];
    using _watching = factChannel<StatementFact>('statement').watch((fact) => facts.push(fact));
    using _telling = tellStatements(sets.shop.database);
    await sets.of('Book').filter({ id: 1 });
    await sets.shop.prisma.book.findFirst({ where: { id: 2 } });
    expect(facts.map(({ parameters, rows }) => [parameters[0], rows])).toEqual([
      [1, 1],
      [2, 1],
    ]);
    for (const { from } of facts) expect(from).toMatch(/statement-facts\.spec\.ts:\d+/);
    const plan = await facts[0]!.explain();
    expect(plan).toMatch(/Scan.*shop_book.*cost=/);
  });

  it('executes nothing to explain it', async () => {
    const facts: StatementFact[] = [];
    using _watching = factChannel<StatementFact>('statement').watch((fact) => facts.push(fact));
    using _telling = tellStatements(sets.shop.database);
    await sets.of('Book').filter({ id: 1 }).update({ pages: 7 });
    const update = facts.find(({ sql }) => /^update/i.test(sql))!;
    await sets.of('Book').filter({ id: 1 }).update({ pages: 8 });
    expect(await update.explain()).toContain('Update on');
    expect((await sets.of('Book').get({ id: 1 })).pages).toBe(8);
  });
});
