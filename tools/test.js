import { build } from './build.js';
import { jest } from './lib/jest.js';
import { runMain, StepFailedError } from './lib/run.js';

const usage = `Usage: npm test -- [--long] [what Jest takes: paths, -t NAME, --watch, …]
  --long  also runs the soak, fuzz and property tests that take minutes: *.long.spec.ts

Suites that need PostgreSQL, Redis or Memcached start their own where the machine has them, or use the servers of
TEST_DATABASE_URL, TEST_REDIS_URL and TEST_MEMCACHED_URL; the others are skipped and named at the end.
QUINTET_REQUIRE_SERVERS=1 makes a missing server a failure.`;

await runMain(async () => {
  const args = process.argv.slice(2);
  if (args.includes('--help')) return console.log(usage);
  await build({ app: false });
  const isLong = args.includes('--long');
  const { code } = await jest(
    args.filter((argument) => argument !== '--long'),
    { env: isLong ? { QUINTET_LONG: '1' } : {} },
  );
  if (code !== 0) throw new StepFailedError('Some tests failed.');
});
