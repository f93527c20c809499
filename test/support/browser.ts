import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { type Browser, type BrowserContextOptions, chromium } from 'playwright-core';
import { noteSkipped } from './servers/keeper-client.js';
import { findFolderOf } from './servers/find-binary.js';
import { BrowserVisitor } from './browser-visitor.js';

/** What Debian and others call it. */
const commands = ['chromium', 'chromium-browser', 'google-chrome'];

const remedy = 'chromium (apt-get install chromium)';

/** The browser of a suite; it runs from its `beforeAll` on. */
export interface TestBrowser {
  /** Lets somebody in who has never been here: no cookies, nothing cached. */
  visitor(options?: BrowserContextOptions): Promise<BrowserVisitor>;
}

/** Returns where Chromium is: `TEST_CHROMIUM`, or on `PATH`. */
export function findChromium(): string | undefined {
  if (process.env.TEST_CHROMIUM) return process.env.TEST_CHROMIUM;
  for (const command of commands) {
    const folder = findFolderOf([command]);
    if (folder !== undefined) return join(folder, command);
  }
  return undefined;
}

export function launchChromium(executablePath: string): Promise<Browser> {
  // Chromium's own sandbox refuses to run as root, and pages here are our own.
  const args = ['--no-sandbox', '--disable-dev-shm-usage'];
  return chromium.launch({ executablePath, args });
}

/**
 * Describes a suite that uses a real browser.
 *
 * On a machine without Chromium the suite is skipped, and the end of the run says how to get it; with
 * `QUINTET_REQUIRE_SERVERS=1` it fails.
 */
export function describeWithBrowser(title: string, body: (browser: TestBrowser) => void): void {
  const path = findChromium();
  let browser: Browser;
  const suite = () => {
    beforeAll(async () => {
      browser = await launchChromium(path!);
    }, 60_000);
    afterAll(() => browser?.close());
    body({ visitor: async (options) => BrowserVisitor.enter(await browser.newContext(options)) });
  };
  if (path !== undefined) return describe(title, suite);
  if (process.env.QUINTET_REQUIRE_SERVERS === '1') throw new Error(`${title}: needs ${remedy}.`);
  noteSkipped(remedy, expect.getState().testPath ?? title);
  describe.skip(title, suite);
}
