import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromiumRemedy, findChromium, launchChromium } from '../test/support/chromium.js';
import { build } from './build.js';
import { root } from './lib/paths.js';
import { readArguments } from './lib/read-arguments.js';
import { runMain, StepFailedError } from './lib/run.js';

const usage = `Usage: npm run screenshots
  remakes the pictures of the bookshop in docs/images, in light and dark, with a new shop and Chromium`;

/** The pictures by name, and the pages that they show. */
const pages = { home: '/', report: '/orders/report' };

const viewport = { width: 1100, height: 760 };

/** @param {string} address */
async function takeAll(address) {
  const path = findChromium();
  if (path === undefined) throw new StepFailedError(`Screenshots need ${chromiumRemedy}.`);
  const browser = await launchChromium(path);
  try {
    for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
      const page = await browser.newPage({ colorScheme, viewport });
      for (const [name, url] of Object.entries(pages)) {
        await page.goto(address + url);
        const file = join('docs', 'images', `${name}-${colorScheme}.png`);
        await page.screenshot({ path: join(root, file) });
        console.log(file);
      }
      await page.close();
    }
  } finally {
    await browser.close();
  }
}

await runMain(async () => {
  readArguments(usage, { options: {} });
  await build();
  await mkdir(join(root, 'docs', 'images'), { recursive: true });
  const dataFolder = await mkdtemp(join(tmpdir(), 'bookshop-'));
  /** @type {typeof import('../apps/bookshop/src/bookshop.js')} */
  const { startBookshop } = await import(
    pathToFileURL(join(root, 'apps', 'bookshop', 'dist', 'bookshop.js')).href
  );
  const settings = { port: 0, dataFolder, secretKeys: ['for the pictures'], isDevelopment: false };
  const shop = await startBookshop(settings);
  try {
    await takeAll(shop.address);
  } finally {
    await shop.close();
    await rm(dataFolder, { recursive: true, force: true });
  }
});
