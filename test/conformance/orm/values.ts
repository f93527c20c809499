import { Decimal } from '@prisma/client/runtime/client';
import { HostObject, native, type Value } from '../python/index.js';
import { camelCase } from './naming.js';

/** A `Decimal` of the program. */
export class DecimalObject extends HostObject {
  readonly typeName = 'Decimal';

  constructor(readonly value: Decimal) {
    super();
  }

  override toNumber(): number {
    return this.value.toNumber();
  }

  override round(digits: number): DecimalObject {
    return new DecimalObject(this.value.toDecimalPlaces(digits, Decimal.ROUND_HALF_EVEN));
  }
}

/** A `date` or a `datetime` of the program. */
export class MomentObject extends HostObject {
  readonly typeName = 'datetime';

  constructor(readonly value: Date) {
    super();
  }
}

/** A `timedelta` of the program. */
export class DurationObject extends HostObject {
  readonly typeName = 'timedelta';

  constructor(readonly seconds: number) {
    super();
  }

  override getAttribute(name: string): Value | undefined {
    return name === 'total_seconds' ? native(name, () => this.seconds) : undefined;
  }
}

/** A host object that stands for one value of ours. */
export abstract class Wrapped extends HostObject {
  abstract unwrap(): unknown;
}

/** A text of the program. */
export function asText(value: Value): string {
  return (value as string | number).toString();
}

/** Makes a value of the program one of ours. */
export function toOurs(value: Value): unknown {
  if (value instanceof Wrapped) return value.unwrap();
  if (value instanceof DecimalObject || value instanceof MomentObject) return value.value;
  if (value instanceof DurationObject) return value.seconds;
  if (Array.isArray(value)) return value.map(toOurs);
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, item]) => [String(key), toOurs(item)]));
  return value;
}

/** Makes a value of ours one of the program. */
export function fromOurs(value: unknown): Value {
  if (value === undefined) return null;
  if (Decimal.isDecimal(value)) return new DecimalObject(value);
  if (value instanceof Date) return new MomentObject(value);
  if (Array.isArray(value)) return value.map(fromOurs);
  if (typeof value === 'object' && value !== null && !(value instanceof HostObject)) {
    return new Map(Object.entries(value).map(([key, item]) => [key, fromOurs(item)]));
  }
  return value;
}

/** Makes a dict with names of the program an object with our names. */
export function namedOurs(dict: Value): Record<string, unknown> {
  const entries = dict instanceof Map ? [...dict] : Object.entries(dict ?? {});
  return Object.fromEntries(entries.map(([name, value]) => [camelCase(String(name)), toOurs(value)]));
}

const decimal = native('Decimal', ([text]) => new DecimalObject(new Decimal(String(text))));
const moment = (text: string): MomentObject =>
  new MomentObject(
    new Date(/(z|[+-]\d\d:\d\d)$/i.test(text) ? text : `${text.includes('T') ? text : `${text}T00:00:00`}Z`),
  );

/** The names of values: `D("1.5")`, `utc("2023-01-01")`, `date(2008, 3, 3)`. */
export const valueNames: Readonly<Record<string, Value>> = {
  D: decimal,
  Decimal: decimal,
  utc: native('utc', ([text]) => moment(String(text))),
  date: native(
    'date',
    ([year, month, day]) =>
      new MomentObject(new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))),
  ),
  zone: native('zone', ([name]) => name),
  timedelta: native('timedelta', ([days = 0], { hours = 0, minutes = 0, seconds = 0, ...rest }) => {
    const inDays = Number(rest['days'] ?? days) * 86_400;
    return new DurationObject(inDays + Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds));
  }),
};

export { moment };
