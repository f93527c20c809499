import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fillMuseum } from './fill-museum.js';
import { type Museum, openMuseum } from './museum.js';

describe('A model with a key of several columns', () => {
  let museum: Museum;
  beforeAll(async () => {
    museum = await openMuseum();
    await fillMuseum(museum, 1);
  }, 120_000);
  afterAll(() => museum.close());

  /** Runs `fn` in a transaction that is rolled back. */
  const undone = <T>(fn: () => Promise<T>): Promise<T> =>
    museum.database.atomic(async () => {
      const result = await fn();
      museum.database.setRollback();
      return result;
    });
  const counts = async () => ({
    Room: await museum.prisma.room.count(),
    Loan: await museum.prisma.loan.count(),
    Wing: await museum.prisma.wing.count(),
  });

  it('counts what a cascade deletes, down to it and from it', () =>
    undone(async () => {
      const before = await counts();
      const [total, perModel] = await museum
        .of('Wing')
        .filter({ id: { in: [1, 2] } })
        .delete();
      const after = await counts();
      expect(perModel).toEqual({
        Wing: 2,
        Room: before.Room - after.Room,
        Loan: before.Loan - after.Loan,
      });
      expect(perModel.Loan).toBeGreaterThan(0);
      expect(total).toBe(perModel.Wing + perModel.Room + perModel.Loan);
    }));

  it('deletes the rows that a query finds, and no others', () =>
    undone(async () => {
      const before = await counts();
      const [, perModel] = await museum
        .of('Room')
        .filter({ number: { in: [1n, 2n] } })
        .delete();
      const after = await counts();
      expect(perModel.Room).toBe(3);
      expect(before.Room - after.Room).toBe(3);
      expect(before.Loan - after.Loan).toBe(perModel.Loan ?? 0);
      expect((await museum.of('Room').valuesList('number', { flat: true })).sort()).toEqual([
        -5n,
        7n,
        2n ** 63n - 1n,
      ]);
    }));

  it('saves, refreshes, and updates in bulk by the whole key', () =>
    undone(async () => {
      const rooms = museum.of('Room');
      const room = await rooms.get({ wingId: 1, number: 1n });
      expect(await rooms.save({ ...room, title: 'New' })).toEqual({ ...room, title: 'New' });
      expect(await rooms.refresh({ wingId: 1, number: 1n })).toMatchObject({ title: 'New' });
      expect(await rooms.save({ wingId: 4, number: 1n, title: 'Made' })).toMatchObject({ wingId: 4 });
      const changed = [
        { wingId: 1, number: 1n, title: 'A' },
        { wingId: 2, number: 1n, title: 'B' },
      ];
      expect(await rooms.bulkUpdate(changed, ['title'])).toBe(2);
      expect(
        await rooms.filter({ number: 1n }).orderBy('wingId').valuesList('title', { flat: true }),
      ).toEqual(['A', 'B', 'Made']);
      expect(await rooms.all().contains(room)).toBe(true);
    }));
});
