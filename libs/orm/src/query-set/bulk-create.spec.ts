import { describe, expect, it } from '@jest/globals';
import type { StatementEvent } from '../database/database.js';
import { Lower, Value } from '../expressions/index.js';
import { Decimal } from '../query/decimal.js';
import { useQuerySets } from './query-sets.spec-support.js';

describe('QuerySet.bulkCreate()', () => {
  const sets = useQuerySets();
  const { of } = sets;

  /** The statements that `fn` sends. */
  async function statementsOf(fn: () => Promise<unknown>): Promise<StatementEvent[]> {
    const events: StatementEvent[] = [];
    using _ = sets.shop.database.observe({ statement: (event) => void events.push(event) });
    await fn();
    return events;
  }

  const hired = new Date('2024-02-29');
  const employees = [
    { name: 'Ann "the \\ {boss}"', salary: '10.50', department: 'IT', hired },
    { name: '', salary: null, department: 'NULL', hired: new Date('0099-12-31') },
    { name: 'ł😀', department: ',', hired, managerId: undefined },
  ];

  it('creates rows by one statement of one list for each column, outside of any transaction', async () => {
    let created: object[] = [];
    const statements = await statementsOf(async () => {
      created = await of('Employee').bulkCreate(employees);
    });
    expect(statements).toEqual([expect.objectContaining({ rows: 3 })]);
    const [{ sql, parameters, transaction, writes }] = statements as [StatementEvent];
    expect(sql).toContain(
      'select * from unnest(cast($1 as text[]), cast($2 as numeric[]), cast($3 as text[]), cast($4 as date[]))',
    );
    expect(parameters).toHaveLength(4);
    expect(transaction).toBeUndefined();
    expect([...writes]).toEqual(['shop_employee']);
    expect(created).toEqual([
      expect.objectContaining({ name: 'Ann "the \\ {boss}"', salary: new Decimal('10.5'), hired }),
      expect.objectContaining({ name: '', salary: null, department: 'NULL', hired: new Date('0099-12-31') }),
      expect.objectContaining({ name: 'ł😀', salary: null, department: ',', managerId: null }),
    ]);
    const ids = created.map((row) => (row as { id: number }).id);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    await of('Employee')
      .filter({ id: { in: ids } })
      .delete();
  });

  it('binds each value where one is computed or left to the database', () =>
    sets.undone(async () => {
      const [{ sql }] = (await statementsOf(() =>
        of('Employee').bulkCreate([
          { name: 'a', department: Lower(Value('IT')), hired },
          { name: 'b', department: 'c', hired },
        ]),
      )) as [StatementEvent];
      expect(sql).toContain(') values (');
      const [one, two] = await of('Customer').bulkCreate([{ name: 'a' }, { name: 'b', createdAt: hired }]);
      expect(two!.createdAt).toEqual(hired);
      const created = await of('CustomerProfile').bulkCreate([
        { customerId: one!.id, points: 5 },
        { customerId: two!.id, phone: '1' },
      ]);
      expect(created.map(({ phone, points }) => [phone, points])).toEqual([
        ['', 5],
        ['1', 0],
      ]);
    }));

  it('sends several statements in one transaction', async () => {
    const statements = await statementsOf(() =>
      sets.undone(() => of('Employee').bulkCreate(employees, { batchSize: 2 })),
    );
    const inserts = statements.filter(({ sql }) => sql.startsWith('insert'));
    expect(inserts.map(({ rows }) => rows)).toEqual([2, 1]);
    await expect(
      of('Employee').bulkCreate([...employees, { ...employees[0], name: 'x'.repeat(51) }], { batchSize: 2 }),
    ).rejects.toThrow('value too long');
    expect(await of('Employee').filter({ department: 'NULL' }).count()).toBe(0);
  });

  it('minds conflicts, and gives rows back in the order given', () =>
    sets.undone(async () => {
      const [one, two] = await of('Publisher').bulkCreate([
        { name: 'one', numAwards: 1 },
        { name: 'two', numAwards: 2 },
      ]);
      const changed = [
        { id: two!.id, name: 'TWO', numAwards: 9 },
        { name: 'three', numAwards: 3 },
        { id: one!.id, name: 'ONE', numAwards: 9 },
      ];
      const update = { updateConflicts: true, uniqueFields: ['id'], updateFields: ['name'] };
      const rows = await of('Publisher').bulkCreate(changed, update);
      expect(rows.map(({ name, numAwards }) => [name, numAwards])).toEqual([
        ['TWO', 2],
        ['three', 3],
        ['ONE', 1],
      ]);
      const ignored = await of('Publisher').bulkCreate(
        [
          { id: two!.id, name: 'no', numAwards: 0 },
          { id: 9_000, name: 'yes', numAwards: 0 },
        ],
        { ignoreConflicts: true },
      );
      expect(ignored.map(({ name }) => name)).toEqual(['yes']);
      expect(await of('Publisher').filter({ name: 'no' }).exists()).toBe(false);
    }));
});
