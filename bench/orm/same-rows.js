/**
 * Writes an answer as text that tells types apart, so that equal texts mean equal values of equal types.
 *
 * @param {any} answer
 * @param {import('./data.js').Shape} [shape]
 */
export function written(answer, shape) {
  return JSON.stringify(shape ? picked(answer, shape) : answer);
}

/**
 * @param {any} answer
 * @param {import('./data.js').Shape} shape
 * @returns {unknown}
 */
function picked(answer, shape) {
  if (answer === null || answer === undefined) return null;
  if (typeof answer[Symbol.iterator] === 'function')
    return Array.from(answer, (/** @type {any} */ row) => picked(row, shape));
  const { fields, inside = {} } = shape;
  return {
    ...Object.fromEntries(fields.map((name) => [name, tagged(answer[name])])),
    ...Object.fromEntries(Object.entries(inside).map(([name, inner]) => [name, picked(answer[name], inner)])),
  };
}

/** @param {any} value */
function tagged(value) {
  if (value instanceof Date) return { date: value.toISOString() };
  // Contenders have copies of decimal.js of their own.
  if (typeof value?.toSignificantDigits === 'function') return { decimal: value.toFixed() };
  return value ?? null;
}
