import { types } from 'node:util';
import { claimType } from '../computing/claim.js';
import { gracefulType } from '../computing/graceful.js';
import { pageType } from '../pages/cached-page.js';
import { taggedType } from '../tags/tagged.js';
import type { ValueType } from './value-type.js';

const date: ValueType<Date, number> = {
  name: 'Date',
  is: types.isDate,
  toData: (value) => value.getTime(),
  fromData: (milliseconds) => new Date(milliseconds),
};

const map: ValueType<Map<unknown, unknown>, unknown[]> = {
  name: 'Map',
  is: types.isMap,
  toData: (value) => [...value],
  fromData: (entries) => new Map(entries as [unknown, unknown][]),
};

const set: ValueType<Set<unknown>, unknown[]> = {
  name: 'Set',
  is: types.isSet,
  toData: (value) => [...value],
  fromData: (members) => new Set(members),
};

/** The classes that every cache knows, beside plain data, bytes and bigint. */
export const builtinTypes: readonly ValueType[] = [
  date,
  map,
  set,
  pageType,
  taggedType,
  gracefulType,
  claimType,
];
