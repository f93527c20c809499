import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Database } from './evaluator.js';

const kinds = ['deliberate', 'not-possible', 'not-yet'] as const;

/** Why a case may fail; see the README of this folder. */
export interface Difference {
  kind: (typeof kinds)[number];
  reason: string;
  databases?: Database[];
}

/** The listed cases: one line each, or one line for all that start with a text. */
export class Differences {
  constructor(private readonly listed: Readonly<Record<string, Difference>>) {
    for (const [id, { kind, reason }] of Object.entries(listed)) {
      if (!kinds.includes(kind))
        throw new Error(`differences.json: ${id}: "${kind}" is none of ${kinds.join(', ')}.`);
      if (!reason) throw new Error(`differences.json: ${id}: give the reason.`);
      if (id.includes('*') && kind !== 'not-yet') {
        throw new Error(`differences.json: ${id}: only what is not-yet may cover many cases with a "*".`);
      }
    }
  }

  static read(): Differences {
    const file = fileURLToPath(new URL('./differences.json', import.meta.url));
    return new Differences(JSON.parse(readFileSync(file, 'utf8')) as Record<string, Difference>);
  }

  /** Finds the line of a case by its own id. */
  own(id: string, database: Database): Difference | undefined {
    const difference = this.listed[id];
    return difference && isFor(difference, database) ? difference : undefined;
  }

  /** Finds the line that a case falls under: its own, or one that ends in `*`. */
  find(id: string, database: Database): Difference | undefined {
    return (
      this.own(id, database) ??
      Object.entries(this.listed).find(
        ([pattern, difference]) =>
          pattern.endsWith('*') && id.startsWith(pattern.slice(0, -1)) && isFor(difference, database),
      )?.[1]
    );
  }

  /** Lists the lines that no case falls under: a case has been renamed, or the line misspells it. */
  unused(ids: readonly string[]): string[] {
    return Object.keys(this.listed).filter((line) =>
      line.endsWith('*') ? !ids.some((id) => id.startsWith(line.slice(0, -1))) : !ids.includes(line),
    );
  }
}

function isFor({ databases }: Difference, database: Database): boolean {
  return databases === undefined || databases.includes(database);
}
