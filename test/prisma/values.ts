import fc from 'fast-check';
import { Decimal } from '@prisma/client/runtime/client';
import type { ScalarField, SchemaMetadata } from '@nest-quintet/orm';

const texts = [
  '',
  ' ',
  'a',
  'A',
  'Ab',
  'ab c',
  "O'Hara",
  '"quoted"',
  'back\\slash',
  '$1',
  '?',
  '{}',
  'Élodie',
  'ÉLODIE',
  'straße',
  'İstanbul',
  '東京都',
  '🎻',
  '👩‍👩‍👧',
  'e\u0301',
  '\u202eabc',
  'line\nbreak\ttab',
  'null',
  '--',
  ';',
  'zzz',
];
const wholes = [0, 1, -1, 2, 7, 42, 100, 2 ** 31 - 1, -(2 ** 31)];
const smalls = [0, 1, -1, 7, 32_767, -32_768];
const bigs = [0n, 1n, -1n, 42n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)];
const floats = [0, 1.5, -1.5, 0.1, 1e300, -1e300, 5e-324, 1 / 3, 123_456_789.123];
const reals = [0, 1.5, -1.5, 0.25, 2 ** 20, 1e30];
const decimals = [
  '0',
  '1',
  '-1',
  '0.1',
  '12.5',
  '99999999999999.999999',
  '-0.000001',
  '12345678901234.5',
].map((text) => new Decimal(text));
const wide = ['0.000000000000000000000000000001', '12345678901234567890123456789012345', '-7.25', '3'].map(
  (text) => new Decimal(text),
);
const moments = [
  '1970-01-01T00:00:00.000Z',
  '1969-12-31T23:59:59.999Z',
  '2024-02-29T12:34:56.789Z',
  '2024-03-31T01:30:00.000Z',
  '1900-01-01T00:00:00.001Z',
  '0099-07-04T00:00:00.000Z',
  '9999-12-31T23:59:59.999Z',
].map((text) => new Date(text));
const days = ['1970-01-01', '2024-02-29', '1582-10-10', '0001-01-01', '9999-12-31'].map(
  (text) => new Date(text),
);
const times = ['00:00:00.000', '12:34:56.789', '23:59:59.999'].map((text) => new Date(`1970-01-01T${text}Z`));
const jsons: readonly unknown[] = [
  {},
  [],
  'text',
  '',
  0,
  -1.5,
  1e21,
  true,
  false,
  { a: 1, b: { c: [1, 2, { d: null }] } },
  { a: 'Élodie 🎻', 'key "with" quotes': "it's" },
  [1, 'a', null, [true]],
  { a: [1, 2, 3] },
  { a: 'text' },
  { __proto: 1, constructor: 'x' },
];
const blobs = [[], [0], [255, 0, 128], [1, 2, 3, 4, 5], [92, 39, 34]].map((bytes) => new Uint8Array(bytes));
const uuids = [
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  'a3bb189e-8bf9-3888-9912-ace4e6543002',
];

/** What a column may hold: a pool that is small enough for conditions to meet rows, with what lies at the edges. */
export function poolOf(field: ScalarField, schema: SchemaMetadata): readonly unknown[] {
  const native = field.nativeType?.[0];
  if (field.enum !== undefined) return Object.keys(schema.enums[field.enum]!);
  switch (field.type) {
    case 'String':
      if (native === 'Uuid') return uuids;
      return native === 'Char' ? texts.filter((text) => Array.from(text).length <= 5) : texts;
    case 'Int':
      return native === 'SmallInt' ? smalls : wholes;
    case 'BigInt':
      return bigs;
    case 'Float':
      return native === 'Real' ? reals : floats;
    case 'Decimal':
      return native === 'Decimal' ? decimals : [...decimals, ...wide];
    case 'Boolean':
      return [true, false];
    case 'DateTime':
      if (native === 'Date') return days;
      return native === 'Time' ? times : moments;
    case 'Json':
      return jsons;
    case 'Bytes':
      return blobs;
  }
}

/** One value of a column, without null. */
export function valueOf(field: ScalarField, schema: SchemaMetadata): fc.Arbitrary<unknown> {
  return fc.constantFrom(...poolOf(field, schema));
}

/** A value of a column as it is written: a list where the column holds lists, null where it may. */
export function writtenValue(field: ScalarField, schema: SchemaMetadata): fc.Arbitrary<unknown> {
  const one = valueOf(field, schema);
  if (field.isList) return fc.array(one, { maxLength: 4 });
  // Prisma takes JSON's null and the database's by names of their own.
  return field.isRequired || field.type === 'Json' ? one : fc.option(one, { nil: null, freq: 5 });
}
