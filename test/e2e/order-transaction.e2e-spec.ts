import { SignalDispatcher } from '@nest-quintet/signals';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { orderPlaced } from '../../apps/bookshop/src/orders/order-placed.js';
import {
  OrderItemManager,
  OrderManager,
  OutboxManager,
} from '../../apps/bookshop/src/orders/order.managers.js';
import { startTestShop, type TestShop } from './test-shop.js';

describe('Placing an order', () => {
  let shop: TestShop;
  beforeAll(async () => (shop = await startTestShop()));
  afterAll(() => shop.close());

  const counts = () =>
    Promise.all(
      [OrderManager, OrderItemManager, OutboxManager].map((manager) => shop.app.get(manager).all().count()),
    );

  const visitorWithTwoBooks = async () => {
    const visitor = request.agent(shop.address);
    await visitor.post('/cart/items').send({ bookId: 1, quantity: 2 }).expect(201);
    await visitor.post('/cart/items').send({ bookId: 2, quantity: 1 }).expect(201);
    return visitor;
  };

  it('leaves one line in the outbox, after the commit', async () => {
    const [orders, items, lines] = await counts();
    const visitor = await visitorWithTwoBooks();
    const { body } = await visitor.post('/orders').send({ customerId: 1 }).expect(201);
    expect(body).toMatchObject({ totalPrice: '83.09', discountedPrice: '83.09' });
    expect(await counts()).toEqual([orders! + 1, items! + 2, lines! + 1]);
    const line = await shop.app.get(OutboxManager).orderBy('-id').first();
    expect(line).toMatchObject({ topic: 'order.placed', payload: { orderId: body.id, customerId: 1 } });
  });

  it('takes a tenth off from a hundred on', async () => {
    const visitor = request.agent(shop.address);
    await visitor.post('/cart/items').send({ bookId: 5, quantity: 2 }).expect(201);
    const { body } = await visitor.post('/orders').send({ customerId: 2 }).expect(201);
    expect(body).toMatchObject({ totalPrice: '165.60', discountedPrice: '149.04' });
  });

  it('undoes everything and keeps the cart when a receiver fails at the very end', async () => {
    const before = await counts();
    const visitor = await visitorWithTwoBooks();
    const failure = shop.app.get(SignalDispatcher).connect(orderPlaced, () => {
      throw new Error('the warehouse does not answer');
    });
    await visitor.post('/orders').send({ customerId: 1 }).expect(500);
    failure[Symbol.dispose]();
    expect(await counts()).toEqual(before);
    expect((await visitor.get('/cart')).body.items).toHaveLength(2);

    await visitor.post('/orders').send({ customerId: 1 }).expect(201);
  });
});
