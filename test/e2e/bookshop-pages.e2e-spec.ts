import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { OrderManager } from '../../apps/bookshop/src/orders/order.managers.js';
import { startTestShop, type TestShop } from './test-shop.js';

/** What browsers send, and what programs do. */
const html = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const json = 'application/json';

describe("The bookshop's pages", () => {
  let shop: TestShop;
  beforeAll(async () => {
    shop = await startTestShop();
  });
  afterAll(() => shop.close());

  const get = (path: string, accept = html) => request(shop.address).get(path).set('Accept', accept);

  /** Somebody who fills in forms: knows the token of the last page, and sends what a browser does. */
  const visitor = () => {
    const agent = request.agent(shop.address);
    const open = (path: string) => agent.get(path).set('Accept', html);
    const send = async (from: string, path: string, fields: Record<string, string>) => {
      const { text } = await open(from);
      const csrfmiddlewaretoken = /name="csrfmiddlewaretoken" value="([^"]+)"/.exec(text)?.[1];
      const form = agent.post(path).type('form').set('Accept', html).set('Origin', shop.address);
      return form.send({ ...fields, csrfmiddlewaretoken });
    };
    return { agent, open, send };
  };

  describe('HTML and JSON', () => {
    it.each([
      ['/', 'books'],
      ['/books', 'items'],
      ['/books/1', 'isbn'],
      ['/cart', 'total'],
      ['/orders', 'items'],
      ['/login', undefined],
      ['/demo', 'demos'],
      ['/demo/n-plus-one/mended', 'items'],
    ])('are both given by %s, to whom they please', async (path, field) => {
      const page = await get(path).expect(200);
      expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(page.text).toMatch(/^<!doctype html>/);
      const data = await get(path, json).expect(200);
      expect(data.headers['content-type']).toBe('application/json; charset=utf-8');
      if (field !== undefined) expect(data.body).toHaveProperty(field);
      for (const { headers } of [page, data]) expect(headers['vary']).toMatch(/\bAccept\b/);
    });

    it.each([
      [undefined, 'application/json'],
      ['*/*', 'application/json'],
      ['text/html;q=0.5, application/json', 'application/json'],
      ['application/json;q=0.5, text/html', 'text/html'],
      ['image/png', 'application/json'],
    ])('answers Accept: %s with %s', async (accept, type) => {
      const asked = request(shop.address).get('/books');
      const { headers } = await (accept === undefined ? asked : asked.set('Accept', accept));
      expect(headers['content-type']).toContain(type);
    });

    it('are kept side by side, and become stale together', async () => {
      const path = '/books?q=bees';
      const states = async () =>
        Promise.all([html, json].map(async (accept) => (await get(path, accept)).headers['x-cache']));
      expect(await states()).toEqual(['MISS', 'MISS']);
      expect(await states()).toEqual(['HIT', 'HIT']);
      expect((await get(path)).text).toContain('<h1>');
      expect((await get(path, json)).body).toMatchObject({ total: 0 });
      await request(shop.address).patch('/books/3').send({ price: '29.70' }).expect(200);
      expect(await states()).toEqual(['MISS', 'MISS']);
    });

    it('tell what went wrong each in their way', async () => {
      expect((await get('/books/4711').expect(404)).text).toContain('This page is not on our shelves');
      expect((await get('/books/4711', json).expect(404)).body).toMatchObject({ statusCode: 404 });
      expect((await get('/demo/failure').expect(500)).text).toMatch(/<code>[\w-]{36}<\/code>/);
      expect((await get('/demo/failure', json).expect(500)).body).toEqual({
        statusCode: 500,
        message: 'Internal server error',
      });
      expect((await get('/me').expect(303)).headers['location']).toBe('/login?next=%2Fme');
      await get('/me', json).expect(401);
    });

    it('show the report as rows and as charts', async () => {
      const { body } = await get('/orders/report', json).expect(200);
      expect(body[0]).toMatchObject({ month: '2023-01', status: 'paid', orders: 1, total: '60.00' });
      const { text } = await get('/orders/report').expect(200);
      expect(text.match(/<g class="column">/g)).toHaveLength(new Set(monthsSold(body)).size);
      expect(text).toContain('<title>2023-01: €83.09</title>');
    });
  });

  describe('a form', () => {
    it('needs a token of the shop', async () => {
      const { agent, open } = visitor();
      await open('/books/1');
      const post = (type: string) => agent.post('/cart/items').type(type).set('Accept', html);
      for (const type of [
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'text/plain',
      ])
        await post(type).send('bookId=1&quantity=1').expect(403);
      await post('application/x-www-form-urlencoded').send(`bookId=1&csrfmiddlewaretoken=${'x'.repeat(64)}`).expect(403); // prettier-ignore
      expect((await agent.get('/cart')).body.items).toEqual([]);
    });

    it('needs none where browsers ask before they send', async () => {
      const { agent } = visitor();
      await agent.post('/cart/items').send({ bookId: 1 }).expect(201);
      await agent.delete('/cart/items/1').expect(200);
    });

    it('needs one without a body too, unless it is no browser that sends it', async () => {
      const { agent } = visitor();
      await agent.post('/login').send({ name: 'Ada' }).expect(200);
      await agent.post('/logout').set('Origin', 'https://elsewhere.example').expect(403);
      await agent.get('/me').expect(200);
      await agent.post('/logout').expect(204);
    });

    it('is refused from another origin, whatever its token', async () => {
      const { agent, open } = visitor();
      const { text } = await open('/books/1');
      const token = /name="csrfmiddlewaretoken" value="([^"]+)"/.exec(text)![1];
      const form = agent.post('/cart/items').type('form').set('Origin', 'https://elsewhere.example');
      await form.send({ bookId: '1', csrfmiddlewaretoken: token }).expect(403);
    });

    it('sends browsers on, so that a reload does nothing again', async () => {
      const { send, agent } = visitor();
      const added = await send('/books/1', '/cart/items', { bookId: '1', quantity: '2' });
      expect([added.status, added.headers['location']]).toEqual([303, '/cart']);
      await send('/cart', '/cart/items/1', { quantity: '5' });
      expect((await agent.get('/cart')).body.items).toMatchObject([{ bookId: 1, quantity: 5 }]);
      await send('/cart', '/cart/items/1', { quantity: '0' });
      expect((await agent.get('/cart')).body.items).toEqual([]);
    });

    it.each([
      ['/books/1', '/cart/items', { bookId: '1', quantity: '0' }, 'Must be at least 1.'],
      ['/books/1', '/cart/items', { bookId: '1', quantity: '1.5' }, 'Must be a whole number.'],
      ['/books/1', '/cart/items', { bookId: '1', quantity: '' }, 'Must be a whole number.'],
      ['/login', '/login', { name: ' ' }, 'Must not be empty.'],
    ])('from %s says at its field what is wrong with %j', async (from, path, fields, problem) => {
      const { status, text } = await visitor().send(from, path, fields);
      expect(status).toBe(400);
      expect(text).toMatch(new RegExp(`<p class="error" id="\\w+-error">${problem}</p>`));
      for (const value of Object.values(fields)) expect(text).toContain(`value="${value}"`);
    });

    it('marks the filter that cannot be', async () => {
      const { text } = await get('/books?max=cheap').expect(400);
      expect(text).toContain('<p class="error" id="max-error">Must be an amount such as 19.90.</p>');
    });

    it.each([
      'https://elsewhere.example/',
      '//elsewhere.example',
      '/\\elsewhere.example',
      'javascript:alert(1)',
    ])('does not send anybody to %s after the login', async (next) => {
      const { headers } = await visitor().send('/login', '/login', { name: 'Ada', next });
      expect(headers['location']).toBe('/me');
    });
  });

  describe('checking out', () => {
    it('sells to programs as well', async () => {
      const { agent } = visitor();
      await agent.post('/checkout').send({ name: 'Ada', phone: '0123456' }).expect(409);
      await agent.post('/cart/items').send({ bookId: 2, quantity: 1 }).expect(201);
      const { body } = await agent.post('/checkout').send({ name: '', phone: 'none' }).expect(400);
      expect(body.errors).toEqual({
        name: ['This field cannot be blank.'],
        phone: ['must be a number such as +49 30 1234567'],
      });
      const order = await agent.post('/checkout').send({ name: 'Ada', phone: '0123456' }).expect(201);
      expect(order.body).toMatchObject({ customer: { name: 'Ada' }, totalPrice: '23.09' });
      expect((await agent.get(`/orders/${order.body.id}`).expect(200)).body).toEqual(order.body);
    });

    it('keeps a note, and shows the order to nobody else', async () => {
      const { agent, send } = visitor();
      await send('/books/1', '/cart/items', { bookId: '1', quantity: '4' });
      const buyer = { name: 'Bo', phone: '0123456', note: 'Ring twice' };
      const { headers } = await send('/checkout', '/checkout', buyer);
      const id = Number(/^\/orders\/(\d+)$/.exec(headers['location']!)?.[1]);
      expect(await shop.app.get(OrderManager).get({ id })).toMatchObject({ note: 'Ring twice' });
      expect((await agent.get(headers['location']!).set('Accept', html).expect(200)).text).toContain(
        '€108.00',
      );
      await get(`/orders/${id}`).expect(404);
      expect((await agent.get('/orders')).body.items).toHaveLength(1);
    });

    it('leaves no customer behind when the order fails', async () => {
      const { agent } = visitor();
      await agent.post('/cart/items').send({ bookId: 2, quantity: 1 }).expect(201);
      const { body } = await agent
        .post('/checkout')
        .send({ name: 'x'.repeat(101), phone: '01234' })
        .expect(400);
      expect(Object.keys(body.errors)).toEqual(['name']);
      expect((await agent.get('/cart')).body.items).toHaveLength(1);
    });
  });

  it('gives a page that is the same for everybody no cookie', async () => {
    for (const path of ['/', '/books', '/orders/report', '/demo'])
      expect((await get(path)).headers['set-cookie']).toBeUndefined();
  });
});

function monthsSold(rows: readonly { month: string; status: string }[]): string[] {
  return rows.filter(({ status }) => status !== 'cancelled').map(({ month }) => month);
}
