import type { SchemaMetadata } from '../metadata/schema.js';
import { type Read, readerOf } from './read.js';
import type { ValueType } from './value-type.js';

/** What a row of a result becomes. */
export interface Shape<T = unknown> {
  read(row: readonly unknown[]): T;
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
  readonly #names: readonly string[];
  readonly #indexes: readonly number[];
  readonly #readers: readonly (Read | undefined)[];

  constructor(
    readonly fields: readonly ShapeField[],
    schema: SchemaMetadata,
    readonly nested: readonly NestedShape[] = [],
  ) {
    this.#names = fields.map((field) => field.name);
    this.#indexes = fields.map((field) => field.index);
    this.#readers = fields.map((field) => readerOf(field.type, schema));
  }

  read(row: readonly unknown[]): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    const names = this.#names;
    for (let index = 0; index < names.length; index++) {
      const value = row[this.#indexes[index]!];
      const read = this.#readers[index];
      result[names[index]!] = read === undefined || value === null ? value : read(value as never);
    }
    for (const { name, presence, shape } of this.nested) {
      result[name] = row[presence] === null ? null : shape.read(row);
    }
    return result;
  }
}

/** Reads a row as a list of its values. */
export class ListShape implements Shape<unknown[]> {
  readonly #readers: readonly (Read | undefined)[];

  constructor(types: readonly ValueType[], schema: SchemaMetadata) {
    this.#readers = types.map((type) => readerOf(type, schema));
  }

  read(row: readonly unknown[]): unknown[] {
    return this.#readers.map((read, index) => {
      const value = row[index];
      return read === undefined || value === null ? value : read(value as never);
    });
  }
}

/** Reads the first column of a row. */
export class FlatShape implements Shape {
  readonly #read: Read | undefined;

  constructor(type: ValueType, schema: SchemaMetadata) {
    this.#read = readerOf(type, schema);
  }

  read(row: readonly unknown[]): unknown {
    const value = row[0];
    return this.#read === undefined || value === null ? value : this.#read(value as never);
  }
}
