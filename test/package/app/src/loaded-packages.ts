import { appendFileSync, readFileSync } from 'node:fs';
import { createRequire, register } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Prints the packages that are loaded after the module named on the command line has been imported. */
const log = join(process.cwd(), `loaded-${process.pid}.txt`);
const hooks = `
  import { appendFileSync } from 'node:fs';
  export async function load(url, context, next) {
    appendFileSync(${JSON.stringify(log)}, url + '\\n');
    return next(url, context);
  }`;
appendFileSync(log, '');
register(`data:text/javascript,${encodeURIComponent(hooks)}`, import.meta.url);
await import(process.argv[2]!);

const required = Object.keys(createRequire(import.meta.url).cache).map((file) => pathToFileURL(file).href);
const urls = [...readFileSync(log, 'utf8').split('\n'), ...required];
const packages = urls.flatMap((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? []);
console.log(JSON.stringify([...new Set(packages)].sort()));
