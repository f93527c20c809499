/** `num_awards` → `numAwards`. */
export function camelCase(name: string): string {
  return name.replace(
    /([a-z0-9])_([a-z0-9])/g,
    (_, before: string, after: string) => before + after.toUpperCase(),
  );
}

/** `numAwards` → `num_awards`, `publisher.name` → `publisher__name`. */
export function pythonName(name: string): string {
  return name.replaceAll('.', '__').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

const lookups: Readonly<Record<string, string>> = {
  exact: 'equals',
  iexact: 'iexact',
  contains: 'contains',
  icontains: 'icontains',
  contained_by: 'containedBy',
  startswith: 'startsWith',
  istartswith: 'istartswith',
  endswith: 'endsWith',
  iendswith: 'iendswith',
  in: 'in',
  gt: 'gt',
  gte: 'gte',
  lt: 'lt',
  lte: 'lte',
  range: 'range',
  isnull: 'isnull',
  regex: 'regex',
  iregex: 'iregex',
  search: 'search',
  has_key: 'hasKey',
  has_keys: 'hasKeys',
  has_any_keys: 'hasAnyKeys',
};

/** The names that an aggregate without a name gets, which are no paths. */
const aggregateSuffix = /__(count|sum|avg|min|max|stddev|variance)$/;

/** `publisher__num_awards` → `publisher.numAwards`, with a minus in front left there. */
export function pathOf(name: string): string {
  const [, sign = '', rest = ''] = /^([-+]?)(.*)$/s.exec(name)!;
  if (aggregateSuffix.test(rest)) return sign + rest.split('__').map(camelCase).join('__');
  return sign + rest.split('__').map(camelCase).join('.');
}

/** `publisher__name__startswith` → the path and the lookup. */
export function lookupOf(keyword: string): { path: string; lookup: string } {
  const names = keyword.split('__');
  const last = names.at(-1)!;
  if (names.length === 1 || !Object.hasOwn(lookups, last)) return { path: pathOf(keyword), lookup: 'equals' };
  return { path: pathOf(names.slice(0, -1).join('__')), lookup: lookups[last]! };
}
