import type { Database } from '@nest-quintet/orm';

/** How many orders a new shop has behind it: enough for a report that takes its time. */
const orderCount = 12_000;

/** How many days they are spread over; their number rises towards today. */
const days = 730;

/**
 * Gives a new shop two years of orders, so that its report has something to sum up. The same every time, but for the
 * days, which end today.
 *
 * @returns How many orders and items were written.
 */
export async function seedOrderHistory(database: Database): Promise<number> {
  return database.atomic(async () => {
    const orders = await database.execute(insertOrders, [orderCount, days]);
    const items = await database.execute(insertItems, []);
    await database.execute(sumUp, []);
    return orders + items;
  });
}

/** `n * 7919 % 1000` and its like stand in for chance: they look like it, and are the same every time. */
const insertOrders = `
  INSERT INTO shop_order (customer_id, status, total_price, discounted_price, placed_at, note)
  SELECT
    1 + n * 7919 % 1000 % 7,
    (ARRAY['paid', 'paid', 'paid', 'shipped', 'shipped', 'shipped', 'shipped', 'new', 'cancelled'])[1 + n * 104729 % 9],
    0, 0,
    date_trunc('minute', now()) - ($2::int * (1 - sqrt(n::float / $1::int))) * interval '1 day',
    'history'
  FROM generate_series(1, $1::int) AS n`;

const insertItems = `
  INSERT INTO shop_orderitem (order_id, book_id, quantity, unit_price)
  SELECT o.id, b.id, 1 + (o.id * 31 + b.id * 17) % 3, b.price
  FROM shop_order o
  JOIN shop_book b ON (o.id * 13 + b.id * 7) % (9 + b.id) < 1
  WHERE o.note = 'history'`;

const sumUp = `
  UPDATE shop_order o SET
    total_price = s.total,
    discounted_price = CASE WHEN s.total >= 100 THEN round(s.total * 0.9, 2) ELSE s.total END,
    note = NULL
  FROM (
    SELECT h.id, coalesce(sum(i.quantity * i.unit_price), 0) AS total
    FROM shop_order h LEFT JOIN shop_orderitem i ON i.order_id = h.id
    WHERE h.note = 'history' GROUP BY h.id
  ) s
  WHERE s.id = o.id`;
