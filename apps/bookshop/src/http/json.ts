/** A decimal as the shop's JSON spells money: a string with two places. */
export function money(amount: { toFixed(places: number): string } | null): string {
  return amount ? amount.toFixed(2) : '0.00';
}

/** A day as `YYYY-MM-DD`. */
export function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** A month as `YYYY-MM`. */
export function month(date: Date): string {
  return date.toISOString().slice(0, 7);
}
