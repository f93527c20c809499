import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GeneratorOptions } from '@prisma/generator-helper';
import { clientImport } from './client-import.js';
import { render } from './render.js';
import { schemaMetadata } from './schema-metadata.js';

/**
 * Writes `index.ts` into the generator's output folder.
 *
 * @throws Error when the generator has no output, or the schema no Prisma client.
 */
export async function generate(options: GeneratorOptions): Promise<void> {
  const output = options.generator.output?.value;
  if (!output) {
    throw new Error(
      `The generator "${options.generator.name}" has no output: give it a folder beside the Prisma client's.`,
    );
  }
  const { datamodel, schema } = options.dmmf;
  const source = render(schemaMetadata(datamodel, options.datasources[0]?.activeProvider ?? 'postgresql'), {
    clientImport: clientImport(options.otherGenerators, output),
    inputTypes: new Set(schema.inputObjectTypes.prisma?.map(({ name }) => name)),
  });
  await mkdir(output, { recursive: true });
  await writeIfChanged(join(output, 'index.ts'), source);
}

/** An untouched file keeps its time stamp, and with it every incremental build. */
async function writeIfChanged(path: string, content: string): Promise<void> {
  const current = await readFile(path, 'utf8').catch(() => undefined);
  if (current !== content) await writeFile(path, content);
}
