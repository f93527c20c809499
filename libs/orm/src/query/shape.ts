import type { SchemaMetadata } from '../metadata/schema.js';
import { type Read, readerOf } from './read.js';
import { type RowPlan, type RowReader, rowReader } from './row-reader.js';
import type { ValueType } from './value-type.js';

/** What a row of a result becomes. */
export interface Shape<T = unknown> {
  /** Makes it of the values of one row. */
  readonly read: (row: readonly unknown[]) => T;
}

/** One column of a result under the name that it has in the object. */
export interface ShapeField {
  readonly name: string;
  readonly index: number;
  readonly type: ValueType;
}

/** An object inside of another one: the row of a to-one relation; absent where its key is null. */
export interface NestedShape {
  readonly name: string;
  /** The columns that are null where there is no such row. */
  readonly presence: number;
  readonly shape: ObjectShape;
}

/** Reads a row as an object. */
export class ObjectShape implements Shape<Record<string, unknown>> {
  #reader: RowReader | undefined;

  constructor(
    readonly fields: readonly ShapeField[],
    readonly schema: SchemaMetadata,
    readonly nested: readonly NestedShape[] = [],
  ) {}

  get read(): RowReader {
    return (this.#reader ??= rowReader(this.plan));
  }

  /** What of a row goes where, without the types that only matter before. */
  get plan(): RowPlan {
    return {
      columns: this.fields.map(({ name, index, type }) => ({
        name,
        index,
        read: readerOf(type, this.schema),
      })),
      nested: this.nested.map(({ name, presence, shape }) => ({ name, presence, plan: shape.plan })),
    };
  }
}

/** Reads a row as a list of its values. */
export class ListShape implements Shape<unknown[]> {
  readonly read: (row: readonly unknown[]) => unknown[];

  constructor(types: readonly ValueType[], schema: SchemaMetadata) {
    const readers = types.map((type) => readerOf(type, schema));
    this.read = (row) => readers.map((read, index) => valueOf(row[index], read));
  }
}

/** Reads the first column of a row. */
export class FlatShape implements Shape {
  readonly read: (row: readonly unknown[]) => unknown;

  constructor(type: ValueType, schema: SchemaMetadata) {
    const read = readerOf(type, schema);
    this.read = (row) => valueOf(row[0], read);
  }
}

function valueOf(value: unknown, read: Read | undefined): unknown {
  return read === undefined || value === null ? value : read(value as never);
}
