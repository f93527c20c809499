import { createRequire } from 'node:module';
import { join } from 'node:path';
import { maskSecrets, maskUrls } from '../masking.js';
import type { Cell, Content } from '../recording/content.js';
import { show } from '../recording/shorten.js';
import { ToolbarPanel } from './toolbar-panel.js';

const PACKAGES = [
  '@nestjs/core',
  '@nestjs/platform-express',
  '@nestjs/platform-fastify',
  'express',
  'fastify',
  '@prisma/client',
  'cache-manager',
  'express-session',
  ...['core', 'signals', 'middleware', 'orm', 'cache', 'sessions', 'toolbar'].map(
    (name) => `@nest-quintet/${name}`,
  ),
];

/** Shows what runs here, and how it is set up. */
export class VersionsPanel extends ToolbarPanel {
  readonly id = 'versions';
  readonly title = 'Versions';

  /** @param settings What the application says of its settings. */
  constructor(private readonly settings: object | undefined) {
    super();
  }

  summary(): string {
    return process.version;
  }

  content(): readonly Content[] {
    const settings = Object.entries(maskSecrets({ ...this.settings }) as object);
    return [
      {
        kind: 'facts',
        title: 'Versions',
        facts: [['Node', process.version] as const, ...PACKAGES.flatMap(versionOf)],
      },
      {
        kind: 'facts',
        title: 'Settings',
        facts: settings.map(([name, value]) => [name, maskUrls(show(value))] as const),
      },
    ];
  }
}

function versionOf(name: string): (readonly [string, Cell])[] {
  try {
    const { version } = createRequire(join(process.cwd(), 'package.json'))(`${name}/package.json`) as {
      version: string;
    };
    return [[name, version]];
  } catch {
    // Not installed, or a package that shows nobody its manifest.
    return [];
  }
}
