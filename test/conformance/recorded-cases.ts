import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Area, RecordedCase } from './evaluator.js';

/** Reads the recorded cases of an area, or those of another file of the same form. */
export function recordedCases(area: Area, file?: string): RecordedCase[] {
  const path =
    file ??
    fileURLToPath(new URL(area === 'orm' ? 'orm/cases.json' : `behaviour/${area}.json`, import.meta.url));
  const content = JSON.parse(readFileSync(path, 'utf8')) as RecordedCase[] | { cases: RecordedCase[] };
  return Array.isArray(content) ? content : content.cases;
}
