import type { Liquid } from 'liquidjs';

type Query = Readonly<Record<string, unknown>>;

const numbers = new Intl.NumberFormat('en');
const euros = new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' });
const dates = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeZone: 'UTC' });

/** Adds what the shop's templates need beyond Liquid's own filters. */
export function registerFilters(liquid: Liquid): void {
  liquid.registerFilter('number', (value: number) => numbers.format(value));
  liquid.registerFilter('euros', (value: { toString(): string }) => euros.format(Number(value)));
  liquid.registerFilter('day', (value: string) => dates.format(new Date(value)));
  liquid.registerFilter('sentence', sentence);
  liquid.registerFilter('with_query', withQuery);
}

/** `{{ query | with_query: 'page', 2 }}`: the query as a link, with one parameter changed. */
function withQuery(query: Query, name: string, value: unknown): string {
  const given = Object.entries({ ...query, [name]: value });
  const filled = given.filter(([, each]) => each !== undefined && each !== null && each !== '');
  return `?${new URLSearchParams(filled.map(([key, each]): [string, string] => [key, String(each)])).toString()}`;
}

/** `must be a number; must not be 7` → `Must be a number; must not be 7.` */
function sentence(problems: readonly string[]): string {
  const text = problems.join('; ');
  return text.charAt(0).toUpperCase() + text.slice(1) + (text.endsWith('.') ? '' : '.');
}
