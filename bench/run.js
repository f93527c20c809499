import { existsSync } from 'node:fs';
import { readArguments } from '../tools/lib/read-arguments.js';
import { runMain, StepFailedError } from '../tools/lib/run.js';
import { runCase } from './lib/case.js';
import { installPeers, withOurPackages } from './lib/install.js';
import { print, write } from './lib/report.js';

const areas = ['middleware', 'signals', 'orm', 'cache', 'sessions'];

const usage = `Usage: npm run bench -- <${areas.join(' | ')}> [--json FILE] [--quick]
  --json   writes { bench, node, cpu, date, results: [{ case, against, ratio, min, max, runs, goal, ours, theirs, unit }] }
           where ratio is our speed over theirs: above 1 we are the faster
  --quick  fewer and shorter runs: to see that it works, not to quote`;

/** @type {{ normal: import('./lib/case.js').Effort, quick: import('./lib/case.js').Effort }} */
const efforts = { normal: { warmUp: 3, seconds: 3, runs: 9 }, quick: { warmUp: 1, seconds: 1, runs: 3 } };

await runMain(async () => {
  const { values, positionals } = readArguments(usage, {
    allowPositionals: true,
    options: { json: { type: 'string' }, quick: { type: 'boolean', default: false } },
  });
  const [area = ''] = positionals;
  if (!areas.includes(area) || positionals.length !== 1) throw new StepFailedError(usage);
  const script = new URL(`./areas/${area}.js`, import.meta.url);
  if (!existsSync(script)) throw new StepFailedError(`There is no benchmark for "${area}" yet.`);

  await installPeers();
  const results = await withOurPackages(async () => {
    /** @type {{ cases: import('./lib/case.js').Case[] }} */
    const { cases } = await import(script.href);
    const measured = [];
    for (const benchCase of cases) {
      process.stderr.write(`${benchCase.name}, against ${benchCase.against} …\n`);
      measured.push(await runCase(benchCase, values.quick ? efforts.quick : efforts.normal));
    }
    return measured;
  });
  print(results);
  if (values.json) write(values.json, area, results);
});
