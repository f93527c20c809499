import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.js';
import { root } from './lib/paths.js';
import { runMain } from './lib/run.js';

// The shop runs in this very process, so that a signal to it reaches the shop and nothing else has to.
await runMain(async () => {
  await build();
  // So that errors and the toolbar name the lines that were written.
  process.setSourceMapsEnabled(true);
  await import(pathToFileURL(join(root, 'apps', 'bookshop', 'dist', 'main.js')).href);
});
