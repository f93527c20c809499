import { build } from './build.js';
import { packLibraries } from './lib/pack.js';
import { runMain, StepFailedError } from './lib/run.js';

/** Builds and packs every library into a folder; prints the tarballs by package name, as JSON. */
await runMain(async () => {
  const [folder] = process.argv.slice(2);
  if (!folder) throw new StepFailedError('Usage: node tools/pack.js FOLDER');
  await build({ app: false });
  console.log(JSON.stringify(await packLibraries(folder)));
});
