import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';

/** A running bookshop, however it was started. */
export interface RunningBookshop {
  readonly address: string;
  readonly engines: { database: string; cache: string; sessions: string };
  close(): Promise<void>;
}

/** States the bookshop's HTTP contract once, for every set of engines it can run on. */
export function describeBookshop(name: string, start: () => Promise<RunningBookshop>): void {
  describe(`The bookshop on ${name}`, () => {
    let shop: RunningBookshop;
    beforeAll(async () => {
      shop = await start();
    }, 120_000);
    afterAll(() => shop?.close());

    const http = () => request(shop.address);
    const visitor = () => request.agent(shop.address);

    describe('GET /health', () => {
      it('names the engines in use', async () => {
        const { body } = await http().get('/health').expect(200);
        expect(body).toEqual({ status: 'ok', ...shop.engines });
      });
    });

    describe('every response', () => {
      it.each([
        ['a page', '/books'],
        ['an unknown route', '/nowhere'],
        ['an error', '/books/0'],
      ])('carries a request id and a time: %s', async (_, path) => {
        const { headers } = await http().get(path);
        expect(headers['x-request-id']).toMatch(/^[\w-]{8,}$/);
        expect(headers['x-response-time']).toMatch(/^\d+(\.\d+)?ms$/);
      });

      it('has an id of its own', async () => {
        const [first, second] = await Promise.all([http().get('/health'), http().get('/health')]);
        expect(first.headers['x-request-id']).not.toBe(second.headers['x-request-id']);
      });
    });

    describe('GET /', () => {
      it('shows the newest books and the publishers with their number of books', async () => {
        const { text, headers } = await http().get('/').expect(200);
        expect(headers['content-type']).toMatch(/^text\/html/);
        const newest = await http().get('/books?order=-pubdate');
        for (const book of newest.body.items.slice(0, 5)) expect(text).toContain(escapeHtml(book.name));
        expect(text).toMatch(/Nordlicht Verlag\s*<span[^>]*>4</);
      });
    });

    describe('GET /books', () => {
      it('returns a page with publisher and author names, decimals as strings', async () => {
        const { body } = await http().get('/books?order=id').expect(200);
        expect(body).toMatchObject({ page: 1, pages: 2, total: 18 });
        expect(body.items[0]).toMatchObject({
          id: 1,
          isbn: '9780000000011',
          name: 'Winter Harbour',
          price: '30.00',
          pubdate: '2007-12-06',
          publisher: { name: 'Nordlicht Verlag' },
        });
        expect(body.items[0].authors.map((author: { name: string }) => author.name)).toEqual([
          'Ada Marsh',
          'Bo Lindqvist',
        ]);
      });

      it('turns the pages', async () => {
        const [first, second] = await Promise.all([
          http().get('/books?order=id'),
          http().get('/books?order=id&page=2'),
        ]);
        const ids = [...first.body.items, ...second.body.items].map((book: { id: number }) => book.id);
        expect(ids).toEqual([...ids].sort((a, b) => a - b));
        expect(new Set(ids).size).toBe(18);
        expect(second.body.page).toBe(2);
      });

      it('searches names without regard to case', async () => {
        const { body } = await http().get('/books?q=WINTER').expect(200);
        expect(body.total).toBe(2);
        for (const book of body.items) expect(book.name.toLowerCase()).toContain('winter');
      });

      it('orders both ways', async () => {
        const prices = async (order: string) =>
          (await http().get(`/books?order=${order}`)).body.items.map((book: { price: string }) =>
            Number(book.price),
          );
        const rising = await prices('price');
        expect(rising).toEqual([...rising].sort((a, b) => a - b));
        const falling = await prices('-price');
        expect(falling).toEqual([...falling].sort((a, b) => b - a));
      });

      it.each([
        ['page=0', 'page'],
        ['page=two', 'page'],
        ['order=secret', 'order'],
      ])('answers 400 for ?%s and names the field', async (query, field) => {
        const { body } = await http().get(`/books?${query}`).expect(400);
        expect(Object.keys(body.errors)).toEqual([field]);
      });

      it('answers 404 beyond the last page', async () => {
        await http().get('/books?page=3').expect(404);
      });

      it('is kept: the second read is a hit with the same bytes', async () => {
        const first = await http().get('/books?q=kept');
        const second = await http().get('/books?q=kept');
        expect(first.headers['x-cache']).toBe('MISS');
        expect(second.headers['x-cache']).toBe('HIT');
        expect(second.text).toBe(first.text);
        expect(second.headers['content-type']).toBe(first.headers['content-type']);
        expect(second.headers['cache-control']).toMatch(/max-age=\d+/);
      });

      it('is fresh after a write to a book', async () => {
        const path = '/books?order=id&q=knots';
        const before = await http().get(path);
        await http().get(path).expect('X-Cache', 'HIT');
        await http().patch(`/books/${before.body.items[0].id}`).send({ price: '24.50' }).expect(200);
        const after = await http().get(path).expect('X-Cache', 'MISS');
        expect(after.body.items[0].price).toBe('24.50');
      });
    });

    describe('GET /books/:id', () => {
      it('returns one book', async () => {
        const { body } = await http().get('/books/1').expect(200);
        expect(body).toMatchObject({ id: 1, name: 'Winter Harbour', publisher: { id: 1 } });
      });

      it('answers 404 for an unknown id and 400 for a malformed one', async () => {
        await http().get('/books/4711').expect(404);
        await http().get('/books/one').expect(400);
        await http().get('/books/1.5').expect(400);
        await http().get('/books/99999999999999').expect(400);
      });
    });

    describe('PATCH /books/:id', () => {
      it('changes price and name', async () => {
        const { body } = await http().patch('/books/3').send({ price: 12.5, name: 'Renamed' }).expect(200);
        expect(body).toMatchObject({ id: 3, price: '12.50', name: 'Renamed' });
        expect((await http().get('/books/3')).body).toMatchObject({ price: '12.50', name: 'Renamed' });
      });

      it.each([
        [{ price: 'dear' }, 'price'],
        [{ price: -1 }, 'price'],
        [{ price: '10000.00' }, 'price'],
        [{ price: '1.234' }, 'price'],
        [{ name: '' }, 'name'],
        [{ name: 'x'.repeat(201) }, 'name'],
        [{ name: 7 }, 'name'],
        [{ isbn: '1' }, 'isbn'],
      ])('answers 400 for %j and names the field', async (change, field) => {
        const { body } = await http().patch('/books/3').send(change).expect(400);
        expect(Object.keys(body.errors)).toEqual([field]);
        expect(body.errors[field].length).toBeGreaterThan(0);
      });

      it('answers 400 for nothing to change, 404 for an unknown book', async () => {
        await http().patch('/books/3').send({}).expect(400);
        await http().patch('/books/4711').send({ price: '1.00' }).expect(404);
      });
    });

    describe('the cart', () => {
      it('belongs to its visitor', async () => {
        const [ada, bo] = [visitor(), visitor()];
        await ada.post('/cart/items').send({ bookId: 1, quantity: 2 }).expect(201);
        const mine = await ada.get('/cart').expect(200);
        expect(mine.body).toMatchObject({
          items: [{ bookId: 1, name: 'Winter Harbour', quantity: 2, unitPrice: '30.00', total: '60.00' }],
          total: '60.00',
        });
        expect((await bo.get('/cart')).body).toMatchObject({ items: [], total: '0.00' });
      });

      it('adds to what is there and takes a book out', async () => {
        const agent = visitor();
        await agent.post('/cart/items').send({ bookId: 1, quantity: 1 }).expect(201);
        await agent.post('/cart/items').send({ bookId: 1, quantity: 2 }).expect(201);
        await agent.post('/cart/items').send({ bookId: 2, quantity: 1 }).expect(201);
        await agent.delete('/cart/items/2').expect(200);
        expect((await agent.get('/cart')).body.items).toMatchObject([{ bookId: 1, quantity: 3 }]);
        await agent.delete('/cart/items/2').expect(404);
      });

      it('refuses unknown books and quantities that are none', async () => {
        const agent = visitor();
        await agent.post('/cart/items').send({ bookId: 4711, quantity: 1 }).expect(404);
        for (const quantity of [0, -1, 1.5, 'many', 100]) {
          const { body } = await agent.post('/cart/items').send({ bookId: 1, quantity }).expect(400);
          expect(Object.keys(body.errors)).toEqual(['quantity']);
        }
        expect((await agent.get('/cart')).body.items).toEqual([]);
      });

      it('gives a session cookie only to a visitor who put something in', async () => {
        expect((await visitor().get('/cart')).headers['set-cookie']).toBeUndefined();
        const { headers } = await visitor().post('/cart/items').send({ bookId: 1, quantity: 1 });
        expect(String(headers['set-cookie'])).toMatch(/^sessionid=.+; .*HttpOnly/i);
        expect(String(headers['set-cookie'])).toMatch(/SameSite=Lax/i);
      });

      it('keeps what several tabs put in at the same time', async () => {
        const agent = visitor();
        await agent.post('/cart/items').send({ bookId: 1, quantity: 1 }).expect(201);
        await agent.get('/visits').expect(200);
        expect((await agent.get('/cart')).body.items).toHaveLength(1);
      });
    });

    describe('POST /orders', () => {
      const buy = async () => {
        const agent = visitor();
        await agent.post('/cart/items').send({ bookId: 1, quantity: 2 }).expect(201);
        await agent.post('/cart/items').send({ bookId: 9, quantity: 3 }).expect(201);
        return agent;
      };

      it('turns the cart into an order with totals and empties it', async () => {
        const agent = await buy();
        const cart = await agent.get('/cart');
        const { body } = await agent.post('/orders').send({ customerId: 1 }).expect(201);
        expect(body).toMatchObject({
          status: 'new',
          customer: { id: 1, name: 'Alice' },
          totalPrice: cart.body.total,
        });
        expect(body.items).toHaveLength(2);
        expect(Number(body.discountedPrice)).toBeLessThanOrEqual(Number(body.totalPrice));
        expect((await agent.get('/cart')).body.items).toEqual([]);
        await agent.post('/orders').send({ customerId: 1 }).expect(409);
      });

      it('answers 409 for an empty cart', async () => {
        await visitor().post('/orders').send({ customerId: 1 }).expect(409);
      });

      it('writes nothing and keeps the cart when it fails', async () => {
        const agent = await buy();
        const before = await ordersInReport();
        const { body } = await agent.post('/orders').send({ customerId: 4711 }).expect(400);
        expect(Object.keys(body.errors)).toEqual(['customerId']);
        expect(await ordersInReport()).toBe(before);
        expect((await agent.get('/cart')).body.items).toHaveLength(2);
      });

      const ordersInReport = async () =>
        (await http().get('/orders/report')).body.reduce(
          (sum: number, row: { orders: number }) => sum + row.orders,
          0,
        );
    });

    describe('GET /orders/report', () => {
      it('sums up by status and month', async () => {
        const { body } = await http().get('/orders/report').expect(200);
        const january = body.find(
          (row: { status: string; month: string }) => row.status === 'paid' && row.month === '2023-01',
        );
        expect(january).toMatchObject({ orders: 1, total: '60.00', average: '60.00', discountedShare: 1 });
        const keys = body.map((row: { month: string; status: string }) => `${row.month} ${row.status}`);
        expect(new Set(keys).size).toBe(keys.length);
        expect(keys).toEqual(keys.toSorted((a: string, b: string) => a.localeCompare(b)));
      });
    });

    describe('the account', () => {
      it('is nobody before the login', async () => {
        await visitor().get('/me').expect(401);
      });

      it('gets a new session key at login, keeps the cart, and is gone after the logout', async () => {
        const agent = visitor();
        const guest = await agent.post('/cart/items').send({ bookId: 1, quantity: 1 });
        const login = await agent.post('/login').send({ name: 'Ada' }).expect(200);
        expect(sessionCookie(login)).toBeTruthy();
        expect(sessionCookie(login)).not.toBe(sessionCookie(guest));
        expect((await agent.get('/me').expect(200)).body).toEqual({ name: 'Ada' });
        expect((await agent.get('/cart')).body.items).toHaveLength(1);

        // The key from before the login opens nothing any more.
        await http()
          .get('/me')
          .set('Cookie', `sessionid=${sessionCookie(guest)}`)
          .expect(401);

        await agent.post('/logout').expect(204);
        await agent.get('/me').expect(401);
        await http()
          .get('/me')
          .set('Cookie', `sessionid=${sessionCookie(login)}`)
          .expect(401);
      });

      it('does not adopt a key that the visitor brings', async () => {
        const login = await http()
          .post('/login')
          .set('Cookie', 'sessionid=chosen-by-the-visitor')
          .send({ name: 'Eve' })
          .expect(200);
        expect(sessionCookie(login)).not.toContain('chosen-by-the-visitor');
      });

      it('refuses a login without a name', async () => {
        const { body } = await http().post('/login').send({ name: ' ' }).expect(400);
        expect(Object.keys(body.errors)).toEqual(['name']);
      });
    });

    describe('GET /visits', () => {
      it('counts per visitor', async () => {
        const agent = visitor();
        expect((await agent.get('/visits').expect(200)).body).toEqual({ visits: 1 });
        expect((await agent.get('/visits')).body).toEqual({ visits: 2 });
        expect((await visitor().get('/visits')).body).toEqual({ visits: 1 });
      });

      it('counts on with nothing but the cookie', async () => {
        const first = await http().get('/visits');
        const again = await http()
          .get('/visits')
          .set('Cookie', `sessionid=${sessionCookie(first)}`);
        expect(again.body).toEqual({ visits: 2 });
      });
    });

    describe('bad input', () => {
      it('is refused with 400: malformed JSON', async () => {
        await http()
          .post('/cart/items')
          .set('Content-Type', 'application/json')
          .send('{"bookId":')
          .expect(400);
      });

      it('is refused with 404: an unknown route', async () => {
        await http().get('/nowhere').expect(404);
      });
    });
  });
}

/** The value of the session cookie that a response sets. */
export function sessionCookie(response: { headers: Record<string, unknown> }): string | undefined {
  return /sessionid=([^;]*)/.exec(String(response.headers['set-cookie']))?.[1];
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&#34;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}
