import { DbNull, Decimal, isObjectEnumValue } from '@prisma/client/runtime/client';
import type { ModelMetadata, ScalarField } from '../metadata/schema.js';
import type { Data } from './prisma-calls.js';
import { fingerprint, scalarsOf, type StoredRow } from './rows.js';

/** A row that is about to be written: what receivers of `preSave` see and may change. */
export class Draft {
  readonly instance: StoredRow;
  readonly #before: ReadonlyMap<string, unknown>;

  /**
   * @param data What the write gives, in Prisma's form.
   * @param stored The row as it is; absent for a new one.
   */
  constructor(
    private readonly model: ModelMetadata,
    private readonly data: Data,
    stored?: StoredRow,
    /** Whether only a key is set, so that the write is none of the whole row even where the row has nothing else. */
    private readonly isPartial = false,
  ) {
    this.instance = Object.fromEntries(
      scalarsOf(model).map((field) => [
        field.name,
        valueAfter(field, data[field.name], startOf(field, stored)),
      ]),
    );
    this.#before = new Map(Object.entries(this.instance).map(([name, value]) => [name, fingerprint(value)]));
  }

  /** Whether a receiver has changed the row. */
  get isChanged(): boolean {
    return Object.keys(this.#changes()).length > 0;
  }

  /** The data of the write with what receivers have changed. */
  get result(): Data {
    return { ...this.data, ...this.#changes() };
  }

  /** The fields that the write names; `null` when it names every one that is not the key. */
  get fields(): string[] | null {
    const written = this.result;
    const fields = scalarsOf(this.model).filter(({ name }) => written[name] !== undefined);
    const isWhole = scalarsOf(this.model).every(
      (field) =>
        field.isId ||
        field.isUpdatedAt ||
        this.model.primaryKey.includes(field.name) ||
        fields.includes(field),
    );
    return isWhole && !this.isPartial ? null : fields.map(({ name }) => name);
  }

  /** Makes the instance what the database has stored, for `postSave`. */
  store(row: StoredRow): void {
    Object.assign(this.instance, row);
  }

  #changes(): Data {
    return Object.fromEntries(
      scalarsOf(this.model)
        .filter(({ name }) => fingerprint(this.instance[name]) !== this.#before.get(name))
        .map(({ name, type }) => [
          name,
          type === 'Json' ? (this.instance[name] ?? DbNull) : this.instance[name],
        ]),
    );
  }
}

function startOf(field: ScalarField, stored: StoredRow | undefined): unknown {
  if (stored !== undefined) return stored[field.name];
  return field.default ?? (field.isList ? [] : null);
}

/** Works out what a field will hold, as far as that is known before the database has spoken. */
function valueAfter(field: ScalarField, given: unknown, current: unknown): unknown {
  if (given === undefined) return current;
  if (isObjectEnumValue(given)) return null;
  if (field.type === 'Json' && !field.isList) return given;
  if (!isOperation(given)) return toValue(field, given);
  if (given.set !== undefined) return toValue(field, given.set);
  if (given.push !== undefined) return [...((current as unknown[] | null) ?? []), ...[given.push].flat()];
  return current === null ? null : calculate(field, current, given);
}

function calculate(field: ScalarField, current: unknown, operation: Data): unknown {
  const [[operator, operand] = []] = Object.entries(operation).filter(([, value]) => value !== undefined);
  const left = new Decimal(String(current));
  const right = new Decimal(String(operand));
  const result =
    operator === 'increment'
      ? left.plus(right)
      : operator === 'decrement'
        ? left.minus(right)
        : operator === 'multiply'
          ? left.times(right)
          : left.dividedBy(right);
  if (field.type === 'Decimal') return result;
  if (field.type === 'BigInt') return BigInt(result.trunc().toFixed());
  return field.type === 'Int' ? result.trunc().toNumber() : result.toNumber();
}

const operators = ['set', 'push', 'increment', 'decrement', 'multiply', 'divide'];

function isOperation(value: unknown): value is Data {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === Object.prototype || prototype === null;
  return isPlain && Object.keys(value).some((key) => operators.includes(key));
}

/** Gives a value the type that Prisma reads it with. */
function toValue(field: ScalarField, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return field.type === 'Json' ? value : value.map((item) => toValue(field, item));
  if (field.type === 'Decimal' && !Decimal.isDecimal(value)) return new Decimal(value as string | number);
  if (field.type === 'DateTime' && !(value instanceof Date)) return new Date(value as string);
  return field.type === 'BigInt' ? BigInt(value as number | bigint) : value;
}
