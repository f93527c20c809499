/** Django's filters by the names that LiquidJS has for them. */
const filters: Readonly<Record<string, string>> = { lower: 'downcase', upper: 'upcase' };

/** What stands for the same value in both languages. */
const constants: Readonly<Record<string, string>> = { None: 'nil', True: 'true', False: 'false' };

/** Spells a template of Django's in LiquidJS: the tag's arguments with commas, its name in quotes. */
export function translateTemplate(source: string): string {
  return source
    .replace(/\{% load cache %\}/g, '')
    .replace(/\{% cache(.*?)%\}/g, (_, words: string) => `{% cache ${translateArguments(words)} %}`);
}

/** Says whether a template has the tag at all; in Django it must ask for it. */
export function loadsTag(source: string): boolean {
  return source.includes('{% load cache %}');
}

function translateArguments(text: string): string {
  const words = text.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
  return words.map((word, index) => (index === 1 ? quote(word) : translateWord(word))).join(', ');
}

function translateWord(word: string): string {
  const [, name, alias] = /^(\w+)=(.+)$/.exec(word) ?? [];
  if (name !== undefined) return `${name}: ${alias}`;
  const [value = '', ...applied] = word.split('|');
  return [constants[value] ?? value, ...applied.map((filter) => filters[filter] ?? filter)].join(' | ');
}

/** The name of a fragment is the word itself, quotes included. */
function quote(word: string): string {
  return word.includes('"') ? `'${word}'` : `"${word}"`;
}
