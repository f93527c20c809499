import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Concat, Count, Manager, ManagerFor, Upper, Value } from '@nest-quintet/orm';
import { type Museum, openMuseum, type UntypedQuerySet as UntypedManager } from './museum.js';

describe('A model with a key of several columns', () => {
  let museum: Museum;
  beforeAll(async () => {
    museum = await openMuseum();
  }, 60_000);
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

  const managerOf = (model: string): UntypedManager => {
    @ManagerFor(model as never)
    class MuseumManager extends Manager {}
    return Object.assign(new MuseumManager(), { databases: { get: () => museum.database } });
  };

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

  it('counts rows with such a key', async () => {
    const counts = await museum
      .of('Wing')
      .annotate({
        many: Count('rooms'),
        loans: Count('rooms.loans'),
        both: Count('rooms.loans', { distinct: true }),
      })
      .orderBy(Count('rooms').desc(), 'id');
    const rooms = await museum.prisma.wing.findMany({
      orderBy: [{ rooms: { _count: 'desc' } }, { id: 'asc' }],
      include: { rooms: { include: { _count: true } } },
    });
    const expected = rooms.map(({ id, rooms: own }) => {
      const loans = own.reduce((sum, room) => sum + room._count.loans, 0);
      return { id, many: own.length, loans, both: loans };
    });
    expect(
      counts.map(({ id, many, loans, both }: Record<string, unknown>) => ({ id, many, loans, both })),
    ).toEqual(expected);
  });

  it('updates in bulk what the database computes', () =>
    undone(async () => {
      const rooms = museum.of('Room');
      const changed = [
        { wingId: 1, number: 1n, title: Upper('title') },
        { wingId: 2, number: 1n, title: Concat('title', Value('!')) },
      ];
      expect(await rooms.bulkUpdate(changed, ['title'])).toBe(2);
      const titles = await rooms.orderBy('wingId', 'number').valuesList('title', { flat: true });
      expect(titles).toEqual(['HALL', null, 'hall!', '', "O'Hara", '東京']);
      await expect(rooms.bulkUpdate([{ wingId: 1, title: 'x' }], ['title'])).rejects.toThrow(
        'bulkUpdate() takes rows with a key.',
      );
    }));

  it('finds or creates a row, and updates it', () =>
    undone(async () => {
      const rooms = museum.of('Room');
      const key = { wingId: 4, number: 9n };
      const [made, isNew] = await rooms.getOrCreate(key, { defaults: { title: 'Made' } });
      expect([made, isNew]).toEqual([{ ...key, title: 'Made' }, true]);
      expect(await rooms.getOrCreate(key)).toEqual([made, false]);
      expect(await rooms.updateOrCreate(key, { defaults: { title: 'Changed' } })).toEqual([
        { ...key, title: 'Changed' },
        false,
      ]);
      expect(await rooms.filter(key).count()).toBe(1);
    }));

  it('creates a row of rows that it refers to', () =>
    undone(async () => {
      const room = await museum.of('Room').get({ wingId: 2, number: 1n });
      const exhibit = await museum.of('Exhibit').get({ id: 1n });
      await museum
        .of('Loan')
        .filter({ exhibit: { id: 1n } })
        .delete();
      const loan = await museum.of('Loan').create({ exhibit, room });
      expect(loan).toMatchObject({ exhibitId: 1n, wingId: 2, number: 1n });
      const { number: _, ...withoutKey } = room;
      await expect(museum.of('Loan').create({ exhibit, room: withoutKey })).rejects.toThrow(
        '"room" is given a row of Room without "number": create it first, or write { create: … }.',
      );
      await expect(museum.of('Loan').create({ exhibit, room: 1 })).rejects.toThrow(
        '"room" refers to a key of several fields: give it the row.',
      );
    }));

  it('relates rows to a row with such a key', () =>
    undone(async () => {
      const room = await museum.of('Room').get({ wingId: 1, number: 2n });
      const { exhibits } = managerOf('Room').related(room);
      const ids = async () => (await exhibits.all().orderBy('id')).map(({ id }: { id: bigint }) => id);
      await exhibits.set([1n, 2n]);
      expect(await ids()).toEqual([1n, 2n]);
      await exhibits.add(await museum.of('Exhibit').get({ id: 3n }));
      await exhibits.remove(1n);
      expect(await ids()).toEqual([2n, 3n]);
      expect(await museum.of('Exhibit').get({ id: 1n })).toMatchObject({ wingId: null, roomNumber: null });
      await exhibits.clear();
      expect(await ids()).toEqual([]);
    }));

  it('relates rows that have such a key, which can be a part of the relation', () =>
    undone(async () => {
      const rooms = managerOf('Wing').related({ id: 4 }).rooms;
      const moved = { wingId: 2, number: 1n };
      await rooms.add(moved, moved, { wingId: 3, number: -5n });
      expect(await rooms.orderBy('number').valuesList('title', { flat: true })).toEqual(["O'Hara", 'hall']);
      expect(await museum.of('Room').filter(moved).exists()).toBe(false);
      expect(rooms.remove).toBeUndefined();
      await expect(rooms.add(7n)).rejects.toThrow(
        'Room has a key of several fields: give rows with "wingId", "number".',
      );
      await expect(rooms.add({ wingId: 1 })).rejects.toThrow('A row of Room needs a key to be related.');
    }));
});
