import { peer } from '../lib/peer.js';

const { default: pg } = await peer('pg');
const { Decimal } = await peer('decimal.js');

const { NUMERIC, DATE, INT8 } = pg.types.builtins;

/** @type {Record<number, (text: string) => unknown>} */
const parsers = {
  [NUMERIC]: (text) => new Decimal(text),
  [DATE]: (text) => new Date(text),
  [INT8]: Number,
};

export { Decimal, pg };

/** What `pg` needs to give the same types as the others: exact decimals, dates in UTC, and counts that are numbers. */
export const types = {
  /** @param {number} oid @param {string} [format] */
  getTypeParser: (oid, format) => parsers[oid] ?? pg.types.getTypeParser(oid, format),
};
