import { existsSync } from 'node:fs';
import { readArguments } from '../tools/lib/read-arguments.js';
import { runMain, StepFailedError } from '../tools/lib/run.js';
import { runCase } from './lib/case.js';
import { installPeers, withOurPackages } from './lib/install.js';
import { runRace } from './lib/race.js';
import { print, write } from './lib/report.js';

const areas = ['middleware', 'signals', 'orm', 'cache', 'cache-values', 'sessions', 'toolbar'];

const usage = `Usage: npm run bench -- <${areas.join(' | ')}> [--json FILE] [--quick] [--only TEXT]
  --json   writes { bench, node, cpu, date, results: [{ case, against, ratio, min, max, runs, goal, ours, theirs, unit }] }
           where ratio is our speed over theirs: above 1 we are the faster
  --quick  fewer and shorter runs: to see that it works, not to quote
  --only   runs the cases with TEXT in their name`;

/** @type {{ normal: import('./lib/case.js').Effort, quick: import('./lib/case.js').Effort }} */
const efforts = { normal: { warmUp: 3, seconds: 3, runs: 9 }, quick: { warmUp: 1, seconds: 1, runs: 3 } };
/** A race has many in it, each of them alone in its process: shorter turns, more often. */
const raceEfforts = {
  normal: { warmUp: 2, seconds: 0.7, runs: 11 },
  quick: { warmUp: 0.5, seconds: 0.3, runs: 3 },
};

await runMain(async () => {
  const { values, positionals } = readArguments(usage, {
    allowPositionals: true,
    options: {
      json: { type: 'string' },
      quick: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
    },
  });
  const [area = ''] = positionals;
  if (!areas.includes(area) || positionals.length !== 1) throw new StepFailedError(usage);
  const script = new URL(`./areas/${area}.js`, import.meta.url);
  if (!existsSync(script)) throw new StepFailedError(`There is no benchmark for "${area}" yet.`);

  const isAsked = (/** @type {{ name: string }} */ { name }) => name.includes(values.only);

  await installPeers();
  const results = await withOurPackages(async () => {
    /** @type {{ cases?: import('./lib/case.js').Case[], races?: import('./lib/race.js').Race[], close?: () => Promise<void> }} */
    const { cases = [], races = [], close } = await import(script.href);
    const effort = values.quick ? 'quick' : 'normal';
    const measured = [];
    try {
      for (const benchCase of cases.filter(isAsked)) {
        process.stderr.write(`${benchCase.name}, against ${benchCase.against} …\n`);
        measured.push(await runCase(benchCase, efforts[effort]));
      }
      for (const race of races.filter(isAsked)) {
        process.stderr.write(`${race.name} …\n`);
        measured.push(...(await runRace(race, raceEfforts[effort])));
      }
    } finally {
      await close?.();
    }
    return measured;
  });
  print(results);
  if (values.json) write(values.json, area, results);
});
