import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const libraries: Record<string, string[]> = {
  core: [],
  signals: [],
  middleware: [],
  orm: [],
  cache: ['redis', 'invalidation'],
  sessions: ['prisma', 'cache'],
};

/** A house like ours, with one wrong import for every rule and the right ones beside them. */
const sources: Record<string, string> = {
  'core/src/upwards.ts': `import '@nest-quintet/signals';`,
  'core/src/to-app.ts': `import '../../../apps/shop.js';`,
  'core/src/lost.ts': `import './nowhere.js';`,
  'core/src/first.ts': `import { second } from './second.js'; export const first = () => second;`,
  'core/src/second.ts': `import { first } from './first.js'; export const second = () => first;`,
  'core/src/knows-nest.ts': `import { Injectable } from '@nestjs/common'; export const x = Injectable;`,
  'core/src/knows-nest-types.ts': `import type { Injectable } from '@nestjs/common'; export type X = Injectable;`,
  'core/src/core.module.ts': `import { Module } from '@nestjs/common'; export const x = Module;`,
  'core/src/deep.guard.ts': `import '@nestjs/core/injector/module.js';`,
  'signals/src/downwards.ts': `import '@nest-quintet/core';`,
  'middleware/src/sideways.ts': `import '@nest-quintet/orm';`,
  'orm/src/types-count-too.ts': `import type { X } from '@nest-quintet/cache'; export type Y = X;`,
  'cache/src/loads-redis.ts': `import 'redis';`,
  'cache/src/loads-redis-when-needed.ts': `export const load = () => import('redis');`,
  'cache/src/loads-entry.ts': `import './redis/inside.js';`,
  'cache/src/redis/inside.ts': `import 'redis';`,
  'cache/src/meets-orm.ts': `import '@nest-quintet/orm';`,
  'cache/src/invalidation/meets-orm.ts': `import '@nest-quintet/orm';`,
  'sessions/src/prisma/meets-cache.ts': `import '@nest-quintet/cache';`,
  'sessions/src/cache/meets-cache.ts': `import '@nest-quintet/cache';`,
  'sessions/src/tested.spec.ts': `import '@nest-quintet/orm';`,
};

const expected = [
  ['direction: core', 'libs/core/src/upwards.ts'],
  ['nothing above', 'libs/core/src/to-app.ts'],
  ['resolvable', 'libs/core/src/lost.ts'],
  ['no cycles', 'libs/core/src/first.ts'],
  ['pure core', 'libs/core/src/knows-nest.ts'],
  ['no inside of Nest', 'libs/core/src/deep.guard.ts'],
  ['direction: middleware', 'libs/middleware/src/sideways.ts'],
  ['direction: orm', 'libs/orm/src/types-count-too.ts'],
  ['optional peers: cache', 'libs/cache/src/loads-redis.ts'],
  ['optional entry: cache/redis', 'libs/cache/src/loads-entry.ts'],
  ['direction: cache', 'libs/cache/src/meets-orm.ts'],
  ['direction: sessions/prisma', 'libs/sessions/src/prisma/meets-cache.ts'],
];

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

function build(house: string): void {
  write(join(house, 'tsconfig.base.json'), '{}');
  write(join(house, 'apps/shop.ts'), 'export {};');
  for (const [name, entries] of Object.entries(libraries)) {
    const folder = join(house, 'libs', name);
    const exports = ['.', ...entries.map((entry) => `./${entry}`)].map((entry) => {
      const file = `./src/${entry === '.' ? '' : entry.slice(2) + '/'}index.ts`;
      write(join(folder, file), 'export {};');
      return [entry, { '@nest-quintet/source': file }];
    });
    const peerDependenciesMeta = name === 'cache' ? { redis: { optional: true } } : {};
    const manifest = {
      name: `@nest-quintet/${name}`,
      exports: Object.fromEntries(exports),
      peerDependenciesMeta,
    };
    write(join(folder, 'package.json'), JSON.stringify(manifest));
    mkdirSync(join(house, 'node_modules/@nest-quintet'), { recursive: true });
    symlinkSync(folder, join(house, 'node_modules/@nest-quintet', name));
  }
  for (const name of ['@nestjs/common', '@nestjs/core', 'redis']) {
    write(join(house, 'node_modules', name, 'package.json'), JSON.stringify({ name, main: 'index.js' }));
    write(join(house, 'node_modules', name, 'index.js'), '');
  }
  write(join(house, 'node_modules/@nestjs/core/injector/module.js'), '');
  for (const [file, content] of Object.entries(sources)) write(join(house, 'libs', file), content);
}

describe('.dependency-cruiser.js', () => {
  let house: string;
  let violations: { rule: string; file: string }[];

  beforeAll(async () => {
    house = mkdtempSync(join(tmpdir(), 'quintet-house-'));
    build(house);
    const cruiser = resolve('node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
    const args = ['--config', resolve('.dependency-cruiser.js'), '--output-type', 'json', 'libs'];
    const { stdout } = await promisify(execFile)(process.execPath, [cruiser, ...args], {
      cwd: house,
      maxBuffer: 2 ** 26,
    }).catch((error: { stdout: string }) => error);
    const { summary } = JSON.parse(stdout) as {
      summary: { violations: { from: string; rule: { name: string } }[] };
    };
    violations = summary.violations.map(({ from, rule }) => ({ rule: rule.name, file: from }));
  });

  afterAll(() => rmSync(house, { recursive: true }));

  it.each(expected)('finds what breaks the rule "%s"', (rule, file) => {
    expect(violations).toContainEqual({ rule, file });
  });

  it('finds nothing else', () => {
    const rightly = new Set([...expected.map(([, file]) => file), 'libs/core/src/second.ts']);
    expect(violations.filter(({ file }) => !rightly.has(file))).toEqual([]);
  });
});
