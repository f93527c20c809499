import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A fenced TypeScript block of a page. */
export interface Example {
  /** `docs/orm.md:42`, where the block begins. */
  readonly place: string;
  readonly code: string;
}

const fence = /^(?<indent> *)```ts\n(?<body>[^]*?)^\k<indent>```$/gm;
const around = /<!-- check:(?<code>(?:(?!-->)[^])*)-->\s*$/;

/**
 * Collects the TypeScript examples of the README and of every page under `docs/`.
 *
 * A comment `<!-- check: class X { … } -->` above a block says what stands around it where it is used: the block takes
 * the place of the ellipsis.
 */
export function examplesOf(root: string): Example[] {
  const pages = [
    'README.md',
    ...readdirSync(join(root, 'docs')).flatMap((file) => (file.endsWith('.md') ? [`docs/${file}`] : [])),
  ];
  return pages.flatMap((page) => examplesIn(page, readFileSync(join(root, page), 'utf8')));
}

/** Collects the examples of one page. */
export function examplesIn(page: string, text: string): Example[] {
  return [...text.matchAll(fence)].map((match) => {
    const before = text.slice(0, match.index);
    const code = around.exec(before)?.groups?.code;
    const body = match.groups!.body!;
    return {
      place: `${page}:${before.split('\n').length}`,
      code: code === undefined ? body : code.replace('…', () => `\n${body}\n`),
    };
  });
}
