/** Rounds to a number of decimals as Python does: the exact half goes to the even neighbour. */
export function roundHalfEven(value: number, digits: number): number {
  if (!Number.isFinite(value)) return value;
  if (digits < 0) return roundHalfEven(value / 10 ** -digits, 0) * 10 ** -digits;
  // `toFixed` knows the exact decimal value of a double, and rounds the half up.
  // oxlint-disable-next-line oxc/number-arg-out-of-range -- the limit is a hundred digits since ES2018
  const [whole = '0', fraction = ''] = Math.abs(value).toFixed(100).split('.');
  const isHalf = /^50*$/.test(fraction.slice(digits));
  const kept = whole + fraction.slice(0, digits);
  const isEven = Number(kept.at(-1)) % 2 === 0;
  const rounded =
    isHalf && isEven
      ? Number(`${whole}.${fraction.slice(0, digits)}`)
      : Number(Math.abs(value).toFixed(digits));
  return rounded === 0 ? 0 : Math.sign(value) * rounded;
}
