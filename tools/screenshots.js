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
  remakes the pictures of the bookshop and of the debug toolbar in docs/images, with a new shop and Chromium`;

/** The pictures by name, and the pages that they show. */
const pages = { home: '/', report: '/orders/report' };

/** Panels of the debug toolbar, and the page on which each has something to show. */
const panels = {
  time: '/demo/n-plus-one/mended',
  sql: '/demo/n-plus-one',
  cache: '/books',
  session: '/cart',
  middleware: '/books',
  request: '/books',
  templates: '/books',
  log: '/demo/n-plus-one',
  versions: '/books',
};

const viewport = { width: 1100, height: 760 };

/** @param {string} address */
async function takeAll(address) {
  const path = findChromium();
  if (path === undefined) throw new StepFailedError(`Screenshots need ${chromiumRemedy}.`);
  const browser = await launchChromium(path);
  try {
    for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
      // The shop needs no script, and without any the toolbar is not in the picture.
      const page = await browser.newPage({ colorScheme, viewport, javaScriptEnabled: false });
      for (const [name, url] of Object.entries(pages)) {
        await page.goto(address + url);
        await take(page, `${name}-${colorScheme}`);
      }
      await page.close();
    }
    await takePanels(await browser.newPage({ viewport }), address);
  } finally {
    await browser.close();
  }
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string} address
 */
async function takePanels(page, address) {
  await page.goto(`${address}/books/1`);
  await page.getByRole('button', { name: 'Add to cart' }).click();
  const order = await page.request.post(`${address}/orders`, { data: { customerId: 1 } });
  await page.goto(`${address}/__debug__/#${order.headers()['x-debug-id']}/signals`);
  await page.locator('quintet-requests .detail[data-panel=signals]').waitFor();
  await take(page, 'toolbar-signals');
  for (const [panel, url] of Object.entries(panels)) {
    await page.goto(address + url);
    await page.locator('quintet-toolbar .opener').click();
    await page.locator(`quintet-toolbar [role=tab][data-panel=${panel}]`).click();
    await page.locator(`quintet-toolbar [role=tabpanel][data-panel=${panel}]`).waitFor();
    await take(page, `toolbar-${panel}`);
  }
  await page.goto(`${address}/__debug__/`);
  await page.locator('quintet-requests tbody tr').first().waitFor();
  await take(page, 'toolbar-requests');
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string} name
 */
async function take(page, name) {
  const file = join('docs', 'images', `${name}.png`);
  await page.screenshot({ path: join(root, file) });
  console.log(file);
}

await runMain(async () => {
  readArguments(usage, { options: {} });
  await build();
  await mkdir(join(root, 'docs', 'images'), { recursive: true });
  const dataFolder = await mkdtemp(join(tmpdir(), 'bookshop-'));
  /** @type {{ startBookshop(settings: object): Promise<{ address: string, close(): Promise<void> }> }} */
  const { startBookshop } = await import(
    pathToFileURL(join(root, 'apps', 'bookshop', 'dist', 'bookshop.js')).href
  );
  const settings = { port: 0, dataFolder, secretKeys: ['for the pictures'], isDevelopment: true };
  const shop = await startBookshop(settings);
  try {
    await takeAll(shop.address);
  } finally {
    await shop.close();
    await rm(dataFolder, { recursive: true, force: true });
  }
});
