import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Manifest {
  name: string;
  version: string;
  license: string;
  engines: { node: string };
  exports: Record<string, string | Record<string, string>>;
  files: string[];
  bin?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
}

function read<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}

export const rootManifest = read<Manifest>('package.json');

/** The exact version of everything that the whole project develops with. */
export const rootVersions: Readonly<Record<string, string>> = rootManifest.devDependencies ?? {};

/** The manifest of every library by its folder's name. */
export const libraries: Readonly<Record<string, Manifest>> = Object.fromEntries(
  readdirSync('libs').map((name) => [name, read<Manifest>(join('libs', name, 'package.json'))]),
);

/** What an application that uses a library must have. */
export function peersOf(manifest: Manifest): string[] {
  const optional = optionalPeersOf(manifest);
  return Object.keys(manifest.peerDependencies ?? {}).filter((name) => !optional.includes(name));
}

/** What it may have: our own packages left out, which every check knows anyway. */
export function optionalPeersOf({ peerDependenciesMeta = {} }: Manifest): string[] {
  return Object.keys(peerDependenciesMeta).filter((name) => peerDependenciesMeta[name]?.optional);
}
