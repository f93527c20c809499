import { InvalidValueError } from '../errors.js';
import { join, keyword, sql } from '../query/sql.js';
import { typeOf, type ValueType } from '../query/value-type.js';
import type { Symbolic } from './aggregates.js';
import { type Argument, Expression, operandOf } from './expression.js';
import { FunctionCall } from './func.js';
import { argumentOf } from './reference.js';

const text = (): ValueType => typeOf('String');
const integer = (): ValueType => typeOf('Int');

/** What a text function makes of null: null. */
type Text<A> = { nullLike: [string, Symbolic<A>] };
type Int<A> = { nullLike: [number, Symbolic<A>] };

/** The text in lower case. Django: `Lower`. */
export function Lower<const A extends Argument>(argument: A): FunctionCall<Text<A>> {
  return new FunctionCall('lower', [argumentOf(argument)], text);
}

/** The text in upper case. Django: `Upper`. */
export function Upper<const A extends Argument>(argument: A): FunctionCall<Text<A>> {
  return new FunctionCall('upper', [argumentOf(argument)], text);
}

/** The number of characters. Django: `Length`. */
export function Length<const A extends Argument>(argument: A): FunctionCall<Int<A>> {
  return new FunctionCall('length', [argumentOf(argument)], integer);
}

/** Texts joined; null is empty. Django: `Concat`. */
export function Concat(...parts: [Argument, Argument, ...Argument[]]): FunctionCall<string> {
  if (parts.length < 2) throw new InvalidValueError('Concat() takes two texts or more.');
  return new FunctionCall('concat', parts.map(argumentOf), text, (args, { dialect }) => {
    const texts = args.map((arg) => sql`coalesce(${dialect.text(arg)}, '')`);
    return sql`(${join(texts, ' || ')})`;
  });
}

/** The part of a text from a position, counted from 1, on. Django: `Substr`. */
export function Substr<const A extends Argument>(
  argument: A,
  position: number | Expression,
  length?: number | Expression,
): FunctionCall<Text<A>> {
  if (typeof position === 'number' && position < 1)
    throw new InvalidValueError('Substr() counts positions from 1.');
  const rest = length === undefined ? [position] : [position, length];
  return new FunctionCall('substr', [argumentOf(argument), ...rest.map(operandOf)], text);
}

/** The first characters of a text. Django: `Left`. */
export function Left<const A extends Argument>(
  argument: A,
  length: number | Expression,
): FunctionCall<Text<A>> {
  return new FunctionCall('substr', [argumentOf(argument), operandOf(1), operandOf(length)], text);
}

/** The last characters of a text. Django: `Right`. */
export function Right<const A extends Argument>(
  argument: A,
  length: number | Expression,
): FunctionCall<Text<A>> {
  return new FunctionCall('right', [argumentOf(argument), operandOf(length)], text);
}

/** The text without blanks at both ends. Django: `Trim`. */
export function Trim<const A extends Argument>(argument: A): FunctionCall<Text<A>> {
  return new FunctionCall('trim', [argumentOf(argument)], text);
}

/** The text without blanks at its start. Django: `LTrim`. */
export function LTrim<const A extends Argument>(argument: A): FunctionCall<Text<A>> {
  return new FunctionCall('ltrim', [argumentOf(argument)], text);
}

/** The text without blanks at its end. Django: `RTrim`. */
export function RTrim<const A extends Argument>(argument: A): FunctionCall<Text<A>> {
  return new FunctionCall('rtrim', [argumentOf(argument)], text);
}

/** The text with one text in it replaced by another, by nothing unless told. Django: `Replace`. */
export function Replace<const A extends Argument>(
  argument: A,
  from: string | Expression,
  to: string | Expression = '',
): FunctionCall<Text<A>> {
  return new FunctionCall('replace', [argumentOf(argument), operandOf(from), operandOf(to)], text);
}

/** The text so many times. Django: `Repeat`. */
export function Repeat<const A extends Argument>(
  argument: A,
  times: number | Expression,
): FunctionCall<Text<A>> {
  return new FunctionCall('repeat', [argumentOf(argument), operandOf(times)], text);
}

/** The text backwards. Django: `Reverse`. */
export function Reverse<const A extends Argument>(argument: A): FunctionCall<Text<A>> {
  return new FunctionCall('reverse', [argumentOf(argument)], text);
}

/** The text filled up at its start to a length. Django: `LPad`. */
export function LPad<const A extends Argument>(
  argument: A,
  length: number | Expression,
  fill: string | Expression = ' ',
): FunctionCall<Text<A>> {
  return new FunctionCall('lpad', [argumentOf(argument), operandOf(length), operandOf(fill)], text);
}

/** The text filled up at its end to a length. Django: `RPad`. */
export function RPad<const A extends Argument>(
  argument: A,
  length: number | Expression,
  fill: string | Expression = ' ',
): FunctionCall<Text<A>> {
  return new FunctionCall('rpad', [argumentOf(argument), operandOf(length), operandOf(fill)], text);
}

/** The position, counted from 1, of a text in another; 0 where it is not in it. Django: `StrIndex`. */
export function StrIndex<const A extends Argument>(
  argument: A,
  part: string | Expression,
): FunctionCall<Int<A>> {
  return new FunctionCall('strpos', [argumentOf(argument), operandOf(part)], integer);
}

/** The character of a code point. Django: `Chr`. */
export function Chr<const A extends Argument>(argument: A): FunctionCall<Text<A>> {
  return new FunctionCall('chr', [argumentOf(argument)], text);
}

/** The code point of a text's first character. Django: `Ord`. */
export function Ord<const A extends Argument>(argument: A): FunctionCall<Int<A>> {
  return new FunctionCall('ascii', [argumentOf(argument)], integer);
}

/** The MD5 hash in hexadecimal. Django: `MD5`. */
export function MD5<const A extends Argument>(argument: A): FunctionCall<Text<A>> {
  return new FunctionCall('md5', [argumentOf(argument)], text);
}

/** The SHA-256 hash in hexadecimal. Django: `SHA256`. */
export function SHA256<const A extends Argument>(argument: A): FunctionCall<Text<A>> {
  return new FunctionCall('sha256', [argumentOf(argument)], text);
}

/** Sorts and compares a text by a collation. Django: `Collate`. */
export function Collate<const A extends Argument>(argument: A, collation: string): FunctionCall<Text<A>> {
  if (!/^[\w-]+$/.test(collation)) throw new InvalidValueError(`"${collation}" is no name of a collation.`);
  return new FunctionCall('collate', [argumentOf(argument)], text, ([arg]) => {
    return sql`(${arg!.node} collate ${keyword(`"${collation}"`)})`;
  });
}
