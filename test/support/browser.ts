import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { noteSkipped } from './servers/keeper-client.js';
import { chromiumRemedy, findChromium, launchChromium } from './chromium.js';
import { BrowserVisitor } from './browser-visitor.js';

/** The browser of a suite; it runs from its `beforeAll` on. */
export interface TestBrowser {
  /** Lets somebody in who has never been here: no cookies, nothing cached. */
  visitor(options?: BrowserContextOptions): Promise<BrowserVisitor>;
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
  if (process.env.QUINTET_REQUIRE_SERVERS === '1') throw new Error(`${title}: needs ${chromiumRemedy}.`);
  noteSkipped(chromiumRemedy, expect.getState().testPath ?? title);
  describe.skip(title, suite);
}
