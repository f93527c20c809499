import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeWithBrowser } from '../support/browser.js';
import type { BrowserVisitor } from '../support/browser-visitor.js';
import { startTestShop, type TestShop } from './test-shop.js';

const PANELS = [
  'time',
  'sql',
  'cache',
  'signals',
  'session',
  'middleware',
  'request',
  'templates',
  'log',
  'versions',
];

describeWithBrowser('The debug toolbar in a browser', (browser) => {
  let shop: TestShop;
  let visitor: BrowserVisitor;
  beforeAll(async () => {
    shop = await startTestShop({ isDevelopment: true });
  }, 60_000);
  afterAll(() => shop?.close());
  beforeEach(async () => {
    visitor = await browser.visitor({ baseURL: shop.address });
  });
  afterEach(() => visitor.leave(shop.address));

  const tab = (id: string) => visitor.page.locator(`quintet-toolbar [role=tab][data-panel=${id}]`);
  const panel = (id: string) => visitor.page.locator(`quintet-toolbar [role=tabpanel][data-panel=${id}]`);
  const open = async (path: string, id: string) => {
    await visitor.open(path);
    await visitor.page.locator('quintet-toolbar .opener').click();
    await tab(id).click();
    return panel(id).innerText();
  };

  it('shows the queries of this page, the N+1 among them, and the plan of one', async () => {
    const naive = await open('/demo/n-plus-one', 'sql');
    expect(naive).toContain('37 queries');
    expect(naive).toContain('N+1: one statement for each row 18 times, from DemoController.naive');
    expect(naive).toContain("selectRelated('publisher')");
    expect(naive).toContain("prefetchRelated('authors')");
    await visitor.page.getByRole('button', { name: 'Explain' }).first().click();
    await panel('sql').getByText('Seq Scan on').waitFor();
    expect(await open('/demo/n-plus-one/mended', 'sql')).not.toContain('N+1');
  });

  it('shows that a page came from the cache the second time, why, and what would make it stale', async () => {
    expect(await open('/books?page=2', 'cache')).toContain('no page was kept for this address');
    const second = await open('/books?page=2', 'cache');
    expect(second).toContain('HIT');
    expect(second).toContain('a page was kept for this address');
    expect(second).toContain('shop_book');
  });

  it('opens every panel', async () => {
    await open('/', 'time');
    for (const id of PANELS) {
      await tab(id).click();
      await panel(id).waitFor();
      expect(await panel(id).innerText()).not.toContain('failed');
    }
    expect(await panel('versions').innerText()).not.toContain('a secret of the tests');
    await tab('middleware').click();
    await panel('middleware').waitFor();
    expect(await panel('middleware').innerText()).toContain('SessionMiddleware');
    await tab('request').click();
    await panel('request').waitFor();
    expect(await panel('request').innerText()).toContain('HomeController.');
  });

  it('shows markup as text, in every panel', async () => {
    const payload = '"><img src=x onerror="window.broken=1"></script><script>window.broken=1</script>';
    await visitor.page.setExtraHTTPHeaders({ 'X-Payload': payload });
    await open(`/books?q=${encodeURIComponent(payload)}`, 'sql');
    expect(await panel('sql').innerText()).toContain('<img src=x');
    for (const id of PANELS) {
      await tab(id).click();
      await panel(id).waitFor();
      expect(await panel(id).locator('img, script').count()).toBe(0);
    }
    expect(await visitor.page.evaluate('window.broken')).toBeUndefined();
  });

  it('works by the keyboard alone', async () => {
    const { page } = visitor;
    await visitor.open('/books');
    await page.locator('quintet-toolbar .opener').focus();
    await page.keyboard.press('Enter');
    await panel('time').waitFor();
    await page.keyboard.press('ArrowDown');
    await panel('sql').waitFor();
    await page.keyboard.press('ArrowUp');
    await panel('time').waitFor();
    await page.keyboard.press('Escape');
    expect(await page.locator('quintet-toolbar .bar').isVisible()).toBe(false);
    expect(await page.evaluate('document.activeElement?.localName')).toBe('quintet-toolbar');
  });

  it('lists the last requests as they come, JSON too, to be narrowed and opened', async () => {
    const { page } = visitor;
    await visitor.open('/__debug__/');
    await fetch(`${shop.address}/books?from=elsewhere`);
    const row = page.locator('quintet-requests tr', { hasText: '/books?from=elsewhere' }).first();
    await row.waitFor();
    await page.getByLabel('Path').fill('books');
    await row.getByRole('button', { name: 'SQL' }).click();
    await page.locator('quintet-requests .detail[data-panel=sql]').waitFor();
    expect(await page.locator('quintet-requests .detail').innerText()).toContain('shop_book');
  });
});
