import { existsSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { GeneratorConfig } from '@prisma/generator-helper';

const providers = ['prisma-client', 'prisma-client-js'];

/**
 * Finds the module specifier by which generated code imports the Prisma client.
 *
 * @throws Error when the schema generates no client, or one whose place is unknown.
 */
export function clientImport(others: readonly GeneratorConfig[], output: string): string {
  const client = others.find(({ provider }) => providers.includes(provider.value ?? ''));
  if (!client) {
    throw new Error(
      'The schema has no Prisma client generator: add `generator client { provider = "prisma-client" output = "…" }` above the quintet generator.',
    );
  }
  const isLegacy = client.provider.value === 'prisma-client-js';
  if (isLegacy && !client.isCustomOutput) return '@prisma/client';
  const folder = client.output?.value;
  if (!folder) {
    throw new Error(`The generator "${client.name}" has no output: give it a folder of its own.`);
  }
  const path = relative(output, join(folder, isLegacy ? 'index' : 'client'))
    .split(sep)
    .join('/');
  return `${path.startsWith('.') ? '' : './'}${path}${extension(client, folder)}`;
}

function extension({ config, provider }: GeneratorConfig, folder: string): string {
  if (provider.value === 'prisma-client-js') return '.js';
  const configured = config.importFileExtension as string | undefined;
  if (configured !== undefined) return configured && `.${configured}`;
  return inferred(folder) ?? '.js';
}

/** Prisma infers an unset extension from tsconfig.json; the client that it has just written tells the answer. */
function inferred(folder: string): string | undefined {
  const file = ['client.ts', 'client.mts', 'client.cts'].map((name) => join(folder, name)).find(existsSync);
  if (!file) return undefined;
  return /from ["']\.\/enums(\.[cm]?[jt]s)?["']/.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
}
