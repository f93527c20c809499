import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { libraries, optionalPeersOf, peersOf, rootVersions } from './manifests.js';

/** What a Nest application brings itself; the versions are ours. */
const ofTheApp = ['@nestjs/common', '@nestjs/core', '@nestjs/platform-express', 'reflect-metadata', 'rxjs'];
/** What the ORM's part of the application needs beside. */
const ofItsDatabase = ['@prisma/client', '@electric-sql/pglite', 'pglite-prisma-adapter'];
/** What compiles it; the tools themselves are the project's own. */
const ofItsBuild = ['@types/node', '@types/express', '@types/express-session'];

const minutes = 60_000;

jest.setTimeout(5 * minutes);

let folder: string;
let app: string;
let compilation: string;

async function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  // The application is another project: nothing of this run's settings may reach it.
  const { NODE_OPTIONS: _options, ...env } = process.env;
  const PATH = [join(app, 'node_modules', '.bin'), env.PATH].join(delimiter);
  try {
    const { stdout } = await promisify(execFile)(command, args, {
      cwd,
      env: { ...env, PATH, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1' },
      maxBuffer: 2 ** 26,
    });
    return stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${[command, ...args].join(' ')} failed:\n${stdout}${stderr}`, { cause: error });
  }
}

const node = (...args: string[]) => run(process.execPath, args, app);

async function loadedBy(entry: string): Promise<string[]> {
  return JSON.parse(await node('dist/loaded-packages.js', entry)) as string[];
}

async function install(): Promise<void> {
  const tarballs = JSON.parse(await run(process.execPath, ['tools/pack.js', folder], resolve('.'))) as Record<
    string,
    string
  >;
  const peers = Object.values(libraries).flatMap((manifest) => [
    ...peersOf(manifest),
    ...optionalPeersOf(manifest),
  ]);
  const others = [...ofTheApp, ...ofItsDatabase, ...ofItsBuild, ...peers].filter((name) => !tarballs[name]);
  const dependencies = {
    ...Object.fromEntries(others.map((name) => [name, rootVersions[name]])),
    ...Object.fromEntries(Object.entries(tarballs).map(([name, tarball]) => [name, `file:${tarball}`])),
  };
  writeFileSync(join(app, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies }));
  await run('npm', ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund'], app);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'quintet-packages-'));
  app = join(folder, 'app');
  cpSync('test/package/app', app, { recursive: true });
  await install();
  await node(resolve('node_modules/prisma/build/index.js'), 'generate', '--no-hints');
  // It writes its output in spite of errors; those in other packages' declarations are not ours to tell.
  compilation = await node(resolve('node_modules/typescript/bin/tsc'), '-p', '.').catch(
    (error: Error) => error.message,
  );
}, 10 * minutes);

afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

describe('The packages, installed into an application of their own', () => {
  const entries = Object.values(libraries).flatMap(({ name, exports }) =>
    Object.keys(exports)
      .filter((entry) => entry !== './package.json')
      .map((entry) => name + entry.slice(1)),
  );

  it('import by every entry', async () => {
    const lines = (await node('dist/import-entries.js', ...entries)).trim().split('\n');
    const imported = lines.map((line) => JSON.parse(line) as { name: string; exported: string[] });
    expect(imported.filter(({ exported }) => exported.length > 0).map(({ name }) => name)).toEqual(entries);
  });

  it.each([
    ['signals', 'hello'],
    ['middleware', 'hello home'],
    ['cache', 'hello'],
    ['sessions', '1 2'],
    ['orm', '2 hello'],
  ])('boot and work: %s', async (name, printed) => {
    expect((await node(`dist/${name}.js`)).trim()).toBe(printed);
  });

  it.each(Object.values(libraries).map((manifest) => [manifest.name, manifest] as const))(
    'load no optional peer by the main entry of %s, and Prisma by that of the ORM alone',
    async (name, manifest) => {
      const loaded = await loadedBy(name);
      expect(loaded).toContain(name);
      const unwanted = optionalPeersOf(manifest);
      expect(loaded.filter((each) => unwanted.includes(each))).toEqual([]);
      if (name !== '@nest-quintet/orm')
        expect(loaded.filter((each) => /prisma|redis|kysely/.test(each))).toEqual([]);
    },
  );

  it('load Redis by an entry of its own', async () => {
    expect(await loadedBy('@nest-quintet/cache/redis')).toContain('redis');
  });

  it('declare types that check by themselves and in use', () => {
    expect(
      compilation.split('\n').filter((line) => /^(src|node_modules\/@nest-quintet)\//.test(line)),
    ).toEqual([]);
  });

  it('ship their licence and no test', async () => {
    for (const { name } of Object.values(libraries)) {
      const installed = join(app, 'node_modules', name);
      expect(readFileSync(join(installed, 'LICENSE'), 'utf8')).toMatch(/MIT License/);
      expect(await run('find', [installed, '-name', '*.spec*'], app)).toBe('');
    }
  });
});
