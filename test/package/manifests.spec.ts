import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { satisfies } from 'semver';
import ts from 'typescript';
import { libraries, type Manifest, rootManifest, rootVersions } from './manifests.js';

const each = Object.entries(libraries).map(
  ([folder, manifest]) => [manifest.name, folder, manifest] as const,
);

interface Lock {
  packages: Record<
    string,
    { version?: string; hasInstallScript?: boolean; optionalDependencies?: Record<string, string> }
  >;
}

const { packages: locked } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock;

/** The packages that a library's code imports by value or by type, without its tests. */
function importsOf(folder: string): Set<string> {
  const sources = readdirSync(join('libs', folder, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/\.spec(-support)?\.ts$/.test(file))
    .map((file) => readFileSync(join('libs', folder, 'src', file), 'utf8'));
  const specifiers = sources.flatMap((text) => ts.preProcessFile(text, true, true).importedFiles);
  const packages = specifiers.map(({ fileName }) => /^(?:@[^/]+\/)?[^./][^/]*/.exec(fileName)?.[0]);
  return new Set(packages.filter((name) => name !== undefined && !name.startsWith('node:')) as string[]);
}

describe.each(each)('The manifest of %s', (name, folder, manifest) => {
  const { dependencies = {}, peerDependencies = {} } = manifest;

  it('has a name, our version, the licence and the engines of the project', () => {
    expect(name).toBe(`@nest-quintet/${folder}`);
    expect(manifest.version).toBe(libraries.core!.version);
    expect(manifest.license).toBe('MIT');
    expect(existsSync(join('libs', folder, 'LICENSE'))).toBe(true);
    expect(manifest.engines).toEqual(rootManifest.engines);
  });

  it('exports types and code for every entry', () => {
    for (const [entry, target] of Object.entries(manifest.exports)) {
      if (entry === './package.json') continue;
      const path = entry === '.' ? '' : `${entry.slice(2)}/`;
      expect(Object.entries(target)).toEqual([
        ['@nest-quintet/source', `./src/${path}index.ts`],
        ['types', `./dist/${path}index.d.ts`],
        ['default', `./dist/${path}index.js`],
      ]);
      expect(existsSync(join('libs', folder, `src/${path}index.ts`))).toBe(true);
    }
  });

  it('declares everything that its code imports', () => {
    const declared = [name, ...Object.keys(dependencies), ...Object.keys(peerDependencies)];
    expect([...importsOf(folder)].filter((each) => !declared.includes(each))).toEqual([]);
  });

  it('pins what it brings', () => {
    expect(Object.values(dependencies).filter((range) => !/^\d+\.\d+\.\d+(-[\w.-]+)?$/.test(range))).toEqual(
      [],
    );
  });

  it('asks of the application what the project itself is tested with', () => {
    const wrong = Object.entries(peerDependencies).filter(([peer, range]) => {
      const version =
        rootVersions[peer] ?? Object.values(libraries).find((each) => each.name === peer)?.version;
      return version === undefined || !satisfies(version, range, { includePrerelease: true });
    });
    expect(wrong).toEqual([]);
  });

  it('brings nothing with an install script', () => {
    expect(closureOf(manifest).filter((location) => locked[location]?.hasInstallScript)).toEqual([]);
  });
});

/** Where npm has put everything that a library brings, and what that brings. */
function closureOf({ dependencies = {} }: Manifest): string[] {
  const found = new Set<string>();
  const follow = (from: string, name: string): void => {
    const location = resolveFrom(from, name);
    if (location === undefined || found.has(location)) return;
    found.add(location);
    const { dependencies: more = {} } = (locked[location] ?? {}) as { dependencies?: Record<string, string> };
    for (const each of Object.keys(more)) follow(location, each);
  };
  for (const name of Object.keys(dependencies)) follow('', name);
  return [...found];
}

function resolveFrom(from: string, name: string): string | undefined {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    const location = `${at ? `${at}/` : ''}node_modules/${name}`;
    if (locked[location]) return location;
    if (at === '') return undefined;
  }
}

describe('package-lock.json', () => {
  it('knows the optional packages of every platform, without which `npm ci` refuses it', () => {
    const absent = Object.entries(locked).flatMap(([location, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter((name) => resolveFrom(location, name) === undefined),
    );
    expect(absent).toEqual([]);
  });
});
