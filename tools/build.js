import { binOf, libraries } from './lib/paths.js';
import { prismaGenerate } from './lib/prisma-generate.js';
import { readArguments } from './lib/read-arguments.js';
import { runMain, runNode } from './lib/run.js';
import { step } from './lib/step.js';

const usage = `Usage: npm run build -- [--libs | --types]
  (nothing)  the libraries, the generated Prisma client and the bookshop
  --libs     without the bookshop
  --types    also type-checks the tests and the tools`;

/** @param {string[]} projects */
const compile = (projects) => runNode(binOf('typescript', 'tsc'), ['-b', ...projects]);

/**
 * Builds in the order in which one thing needs the other.
 *
 * @param {{ app?: boolean, types?: boolean }} [options]
 */
export async function build({ app = true, types = false } = {}) {
  await step('Compiling the libraries', () => compile(libraries.map((name) => `libs/${name}`)));
  await step('Generating the Prisma client', prismaGenerate);
  if (app) await step('Compiling the bookshop', () => compile(['apps/bookshop']));
  if (types)
    await step('Checking the types of tests, tools and the toolbar in the browser', () =>
      compile(['test', 'tools', 'libs/toolbar/client']),
    );
}

if (process.argv[1] === import.meta.filename) {
  await runMain(async () => {
    const { values } = readArguments(usage, {
      options: { libs: { type: 'boolean' }, types: { type: 'boolean' } },
    });
    await build({ app: !values.libs, types: values.types ?? false });
  });
}
