import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Says at the end of a run which suites were skipped for want of a server, and how to get it. */
export default class SkipReporter {
  onRunComplete() {
    for (const [server, suites] of this.#skipped()) {
      const files = [...suites].map((suite) => relative(process.cwd(), suite)).sort();
      process.stderr.write(`\nSkipped: suites that need ${server}: ${files.join(', ')}\n`);
    }
  }

  #skipped() {
    /** @type {Map<string, Set<string>>} */
    const skipped = new Map();
    const file = join(
      JSON.parse(process.env.QUINTET_TEST_SERVERS ?? '{"folder":""}').folder,
      'skipped.jsonl',
    );
    if (!existsSync(file)) return skipped;
    for (const line of readFileSync(file, 'utf8').trimEnd().split('\n')) {
      const { server, suite } = JSON.parse(line);
      skipped.set(server, (skipped.get(server) ?? new Set()).add(suite));
    }
    return skipped;
  }
}
