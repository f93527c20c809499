import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { describeWithBrowser } from '../support/browser.js';
import type { BrowserVisitor } from '../support/browser-visitor.js';
import { startTestShop, type TestShop } from './test-shop.js';

describeWithBrowser('The bookshop in a browser', (browser) => {
  let shop: TestShop;
  let visitor: BrowserVisitor;
  beforeAll(async () => {
    shop = await startTestShop({ isDevelopment: true });
  }, 60_000);
  afterAll(() => shop?.close());

  const enter = async (options?: Parameters<typeof browser.visitor>[0]) => {
    visitor = await browser.visitor({ baseURL: shop.address, ...options });
  };
  beforeEach(() => enter());
  afterEach(() => visitor.leave(shop.address));

  const addBook = async (id: number, copies = 1) => {
    const { page } = visitor;
    await visitor.open(`/books/${id}`);
    await page.getByLabel('Copies').fill(String(copies));
    await page.getByRole('button', { name: 'Add to cart' }).click();
  };
  const logIn = async (name: string, { remember = false } = {}) => {
    const { page } = visitor;
    await visitor.open('/login');
    await page.getByLabel('Name').fill(name);
    if (remember) await page.getByLabel('Remember me').check();
    await page.getByRole('button', { name: 'Log in' }).click();
  };
  const messages = () => visitor.page.getByRole('status').allInnerTexts();
  const heading = () => visitor.page.getByRole('heading', { level: 1 }).innerText();

  it('sells a book to a visitor, from the search to the order', async () => {
    const { page } = visitor;
    await visitor.open('/');
    await page.getByLabel('Search books').fill('beekeeping');
    await page.getByRole('button', { name: 'Search' }).click();
    expect(await messages()).toEqual(['1 book for “beekeeping”']);
    await page.getByRole('link', { name: 'Practical Beekeeping' }).click();
    await page.getByLabel('Copies').fill('2');
    await page.getByRole('button', { name: 'Add to cart' }).click();
    expect(await messages()).toEqual(['“Practical Beekeeping” is in your cart.']);
    await page.getByRole('link', { name: 'Check out' }).click();
    await page.getByLabel('Name').fill('Ada Marsh');
    await page.getByLabel('Telephone').fill('+44 20 1234');
    await page.getByRole('button', { name: 'Place the order' }).click();
    expect(await messages()).toEqual(['Thank you, Ada Marsh. Your order is placed.']);
    expect(await heading()).toMatch(/^Order \d+$/);
    expect(await visitor.text()).toContain('€59.38');
    const order = page.url();

    await visitor.open('/cart');
    expect(await visitor.text()).toContain('It is empty.');
    await visitor.open('/orders');
    await page.getByRole('link', { name: /^Order \d+$/ }).click();
    expect(page.url()).toBe(order);
  });

  it('tells a message once, not again after a reload, and not on a page that is kept', async () => {
    await addBook(1);
    expect(await messages()).toEqual(['“Winter Harbour” is in your cart.']);
    await visitor.page.reload();
    expect(await messages()).toEqual([]);

    await visitor.open('/login?next=/books%3Fq%3Dwinter');
    await visitor.page.getByLabel('Name').fill('Ada');
    await visitor.page.getByRole('button', { name: 'Log in' }).click();
    expect(await messages()).toEqual(['Welcome, Ada.', '2 books for “winter”']);
    await visitor.page.reload();
    expect(await messages()).toEqual(['2 books for “winter”']);
  });

  it('keeps the cart over the login, and forgets it at the logout', async () => {
    const { page } = visitor;
    await addBook(2, 3);
    await logIn('Bo');
    expect(await heading()).toBe('Hello, Bo');
    await page.getByRole('link', { name: 'Your cart' }).click();
    expect(await page.getByLabel('Copies of Teach Yourself Knots').inputValue()).toBe('3');
    await visitor.open('/me');
    await page.getByRole('button', { name: 'Log out' }).click();
    expect(await messages()).toEqual(['You are logged out.']);
    await visitor.open('/cart');
    expect(await visitor.text()).toContain('It is empty.');
  });

  it('remembers whom it is asked to, and nobody else beyond the browser', async () => {
    const expiry = async () => {
      const cookies = await visitor.context.cookies();
      return cookies.find(({ name }) => name === 'sessionid')!.expires;
    };
    await logIn('Ada');
    expect(await expiry()).toBe(-1);
    await logIn('Ada', { remember: true });
    expect(await expiry()).toBeGreaterThan(Date.now() / 1000 + 13 * 24 * 3600);
  });

  it('sends whoever has to log in first back to where they wanted to go', async () => {
    await visitor.open('/me');
    expect(await heading()).toBe('Log in');
    await visitor.page.getByLabel('Name').fill('Ada');
    await visitor.page.getByRole('button', { name: 'Log in' }).click();
    expect(new URL(visitor.page.url()).pathname).toBe('/me');
  });

  it('shows a second visitor the page that was made for the first', async () => {
    const cacheOf = async () => (await visitor.open('/books?order=name')).headers()['x-cache'];
    expect(await cacheOf()).toBe('MISS');
    expect(await cacheOf()).toBe('HIT');
    await visitor.leave(shop.address);
    await enter();
    expect(await cacheOf()).toBe('HIT');
    expect(await visitor.page.getByRole('link', { name: 'Long Division' }).count()).toBe(1);
  });

  it('marks what is wrong in a form, field by field, and keeps what was typed', async () => {
    const { page } = visitor;
    await addBook(3);
    await visitor.open('/checkout');
    await page.getByLabel('Telephone').fill('call me');
    await page.getByRole('button', { name: 'Place the order' }).click();
    const describedBy = async (label: string) => {
      const id = await page.getByLabel(label).getAttribute('aria-describedby');
      return page.locator(`#${id}`).innerText();
    };
    expect(await describedBy('Name')).toMatch(/blank/);
    expect(await describedBy('Telephone')).toMatch(/must be a number/i);
    expect(await page.getByLabel('Telephone').inputValue()).toBe('call me');
    expect(await page.getByLabel('Note').getAttribute('aria-invalid')).toBeNull();
    // The answer to a form that was not valid is a 400, which the console tells.
    expect(visitor.complaints.splice(0)).toHaveLength(1);
  });

  it('can be used with the keyboard alone', async () => {
    const { keyboard } = visitor.page;
    const focused = () =>
      visitor.page.evaluate('(document.activeElement.textContent || document.activeElement.name).trim()');
    const tabTo = async (text: string) => {
      for (let presses = 0; presses < 40; presses++) {
        await keyboard.press('Tab');
        if ((await focused()) === text) return;
      }
      throw new Error(`No Tab led to "${text}".`);
    };
    await visitor.open('/books/4');
    await keyboard.press('Tab');
    expect(await focused()).toBe('To the content');
    await keyboard.press('Enter');
    await tabTo('quantity');
    await keyboard.type('2');
    await tabTo('Add to cart');
    await keyboard.press('Enter');
    await visitor.page.waitForURL('**/cart');
    await tabTo('Check out');
    await keyboard.press('Enter');
    await visitor.page.waitForURL('**/checkout');
    await tabTo('name');
    await keyboard.type('Kay Board');
    await tabTo('phone');
    await keyboard.type('0123456');
    await keyboard.press('Enter');
    await visitor.page.waitForURL(/orders\/\d+$/);
    expect(await messages()).toEqual(['Thank you, Kay Board. Your order is placed.']);
  });

  it('works with JavaScript off', async () => {
    await visitor.leave(shop.address);
    await enter({ javaScriptEnabled: false });
    await addBook(6);
    expect(await messages()).toEqual(['“Paradigms of Tea” is in your cart.']);
    await visitor.page.getByRole('button', { name: 'Remove Paradigms of Tea' }).click();
    expect(await visitor.text()).toContain('It is empty.');
  });

  it('turns pages, filters and sorts', async () => {
    const { page } = visitor;
    const names = () => page.locator('.book .name').allInnerTexts();
    await visitor.open('/books');
    expect(await names()).toHaveLength(10);
    await page.getByRole('link', { name: 'Next' }).click();
    expect(await names()).toHaveLength(8);
    await page.getByLabel('Publisher').selectOption({ label: 'Quill & Sons (3)' });
    await page.getByLabel('At most €').fill('50');
    await page.getByLabel('Sort by').selectOption({ label: 'Cheapest first' });
    await page.getByRole('button', { name: 'Show' }).click();
    expect(await names()).toEqual(['Orphan Without Authors', 'Long Division']);
    expect(await page.getByLabel('At most €').inputValue()).toBe('50');
  });

  it('draws the report on the server', async () => {
    const { page } = visitor;
    await visitor.open('/orders/report');
    const heights = await page.evaluate(
      'Array.from(document.querySelectorAll("svg.chart rect"), (bar) => bar.getBoundingClientRect().height)',
    );
    expect((heights as number[]).length).toBeGreaterThan(5);
    expect(Math.max(...(heights as number[]))).toBeGreaterThan(100);
    await page.getByText('The numbers').click();
    expect(await page.getByRole('row', { name: /2023-01 paid 1 €60.00 €60.00/ }).isVisible()).toBe(true);
  });

  it('shows N+1 and its mended twin, one click apart', async () => {
    const count = async () => Number(/took (\d+) statements/.exec(await visitor.text())?.[1]);
    await visitor.open('/demo/n-plus-one');
    expect(await count()).toBe(1 + 18 * 2);
    await visitor.page.getByRole('link', { name: 'The same list, mended' }).click();
    expect(await count()).toBe(2);
  });

  it('runs no script that somebody has written into a book', async () => {
    const name = '<script>document.title="taken"</script><img src=x onerror=alert(1)>';
    const change = (text: string) =>
      fetch(`${shop.address}/books/12`, {
        method: 'PATCH',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ name: text }),
      });
    await change(name);
    await visitor.open('/books/12');
    expect(await heading()).toBe(name);
    await visitor.open('/books?q=script');
    expect(await visitor.text()).toContain(name);
    await change('Negative Reviews');
  });

  it('lets the browser run and load nothing but its own', async () => {
    const { page } = visitor;
    const response = await visitor.open('/books/1');
    const policy = response.headers()['content-security-policy']!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement('script'), { text: 'document.title = "taken"' }))`,
    );
    expect(await page.title()).not.toBe('taken');
    expect(visitor.complaints.splice(0).join()).toMatch(/Content Security Policy/);
  });

  describe('when something is wrong', () => {
    it.each([
      ['/nowhere', 404, 'This page is not on our shelves'],
      ['/books/4711', 404, 'This page is not on our shelves'],
      ['/demo/failure', 500, 'Something broke on our side'],
      ['/books?order=secret', 400, 'Books'],
    ])('shows a page of its own for %s', async (path, status, title) => {
      const response = await visitor.open(path);
      expect(response.status()).toBe(status);
      expect(await heading()).toBe(title);
      expect(await visitor.text()).not.toMatch(/on purpose|\.ts:\d/);
      expect(visitor.complaints.splice(0)).toHaveLength(1);
    });
  });

  describe('from the page of another site', () => {
    let attacker: Server;
    beforeAll(async () => {
      attacker = createServer((request, response) => {
        const { searchParams } = new URL(request.url!, 'http://attacker');
        response.setHeader('Content-Type', 'text/html').end(
          `<link rel="icon" href="data:,"><form method="post" enctype="${searchParams.get('type')!}" action="${shop.address}/cart/items">
             <input name="bookId" value="5"><input name="csrfmiddlewaretoken" value="${'x'.repeat(64)}"><button>Win!</button>
           </form>`,
        );
      }).listen(0, '127.0.0.1');
      await once(attacker, 'listening');
    });
    afterAll(() => void attacker?.close());

    it.each(['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'])(
      'refuses a form of %s',
      async (type) => {
        const { port } = attacker.address() as AddressInfo;
        await addBook(1);
        await visitor.open(`http://127.0.0.1:${port}/?type=${encodeURIComponent(type)}`);
        await visitor.page.getByRole('button', { name: 'Win!' }).click();
        await visitor.page.waitForURL('**/cart/items');
        expect(await visitor.text()).toContain('CSRF verification failed');
        await visitor.open('/cart');
        expect(await visitor.page.locator('.lines tbody tr').count()).toBe(1);
        // The 403; and the attacker's own site was asked, by us.
        expect(visitor.complaints.splice(0)).toHaveLength(1);
        expect(visitor.strangers(shop.address)).toHaveLength(1);
        visitor.requests.length = 0;
      },
    );
  });
});
