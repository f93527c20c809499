/** The arguments of a tag as they were written. */
export interface TagArguments {
  readonly positional: readonly string[];
  readonly named: ReadonlyMap<string, string>;
}

const NAMED = /^([a-z]\w*)\s*[:=]\s*(?!=)(.+)$/is;

/** Splits a tag's arguments at the commas that stand outside of quotes; `name: value` is a named one. */
export function splitArguments(text: string): TagArguments {
  const positional: string[] = [];
  const named = new Map<string, string>();
  for (const part of text.match(/(?:"[^"]*"|'[^']*'|[^,"'])+/g) ?? []) {
    const [, name, value] = NAMED.exec(part.trim()) ?? [];
    if (name !== undefined && value !== undefined) named.set(name, value.trim());
    else if (part.trim() !== '') positional.push(part.trim());
  }
  return { positional, named };
}
