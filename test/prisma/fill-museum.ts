import fc from 'fast-check';
import { Prisma } from './generated/prisma/client.js';
import type { ModelMetadata, ScalarField } from '@nest-quintet/orm';
import type { Museum } from './museum.js';
import { writtenValue } from './values.js';

/** Fills the museum with rows of random values, the same ones for the same seed. */
export async function fillMuseum(museum: Museum, seed: number): Promise<void> {
  const { prisma, schema } = museum;
  const model = (name: string): ModelMetadata => schema.models[name]!;
  let next = seed;
  const sample = <T>(values: fc.Arbitrary<T>, count: number): T[] =>
    fc.sample(values, { seed: next++, numRuns: count });
  const pick = <T>(values: readonly T[], count: number): T[] => sample(fc.constantFrom(...values), count);

  const wings = Array.from({ length: 7 }, (_, index) => ({
    id: index + 1,
    name: ['East', 'West', 'Élan', 'x', '', 'North 🎻', 'east'][index]!,
    parentId: index < 2 ? null : [1, 1, 2, null, 3][index - 2]!,
  }));
  await prisma.wing.createMany({ data: wings });
  const rooms = [
    [1, 1n, 'Hall'],
    [1, 2n, null],
    [2, 1n, 'hall'],
    [2, 2n ** 63n - 1n, ''],
    [3, -5n, "O'Hara"],
    [5, 7n, '東京'],
  ] as const;
  await prisma.room.createMany({ data: rooms.map(([wingId, number, title]) => ({ wingId, number, title })) });
  await prisma.warden.createMany({
    data: [
      { badge: '00000000-0000-0000-0000-000000000001', name: 'Ada', wingId: 1 },
      { badge: '00000000-0000-0000-0000-000000000002', name: 'Bo', wingId: null },
      { badge: '00000000-0000-0000-0000-000000000003', name: 'Ćira', wingId: 4 },
    ],
  });
  await prisma.tag.createMany({ data: ['old', 'new', 'Élan', 'a b', '', 'x.y'].map((name) => ({ name })) });

  const columns = Object.values(model('Exhibit').fields).filter(
    (field): field is ScalarField =>
      field.kind === 'scalar' && !['id', 'wingId', 'roomNumber', 'uuid', 'code'].includes(field.name),
  );
  const values = sample(
    fc.record(Object.fromEntries(columns.map((field) => [field.name, writtenValue(field, schema)]))),
    40,
  );
  const homes = pick([...rooms, null], 40);
  const nulls = [Prisma.DbNull, Prisma.JsonNull];
  const exhibits = values.map((row, index) => {
    const isNull = index % 5 === 0;
    return {
      ...row,
      id: BigInt(index + 1),
      code: index % 4 === 0 ? null : `code ${index}`,
      uuid: index % 3 === 0 ? null : `a3bb189e-8bf9-3888-9912-${String(index).padStart(12, '0')}`,
      wingId: homes[index]?.[0] ?? null,
      roomNumber: homes[index]?.[1] ?? null,
      ...(isNull && { json: nulls[(index / 5) % 2], plainJson: nulls[(index / 5 + 1) % 2] }),
    };
  });
  await museum.model('Exhibit').createMany({ data: exhibits });
  for (const [index, names] of sample(fc.subarray(['old', 'new', 'Élan', 'a b', '', 'x.y']), 40).entries()) {
    await prisma.exhibit.update({
      where: { id: BigInt(index + 1) },
      data: { tags: { connect: names.map((name) => ({ name })) } },
    });
  }
  const loans = sample(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.constantFrom(...rooms)), 30);
  const since = pick([new Date('2020-01-01'), new Date('2021-06-05T04:03:02.001Z')], 30);
  await prisma.loan.createMany({
    data: loans.map(([exhibit, [wingId, number]], index) => ({
      exhibitId: BigInt(exhibit),
      wingId,
      number,
      since: since[index]!,
      until: new Date('2022-02-02'),
    })),
    skipDuplicates: true,
  });
}
