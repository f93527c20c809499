import { money } from '../http/json.js';
import type { OrderManager } from './order.managers.js';

export type OrderWithItems = Awaited<ReturnType<OrderManager['withItems']>>[number];

/** An order as the shop's JSON shows it. */
export function presentOrder(order: OrderWithItems) {
  return {
    id: order.id,
    status: order.status,
    customer: { id: order.customer.id, name: order.customer.name },
    items: order.items.map(({ bookId, quantity, unitPrice }) => ({
      bookId,
      quantity,
      unitPrice: money(unitPrice),
    })),
    totalPrice: money(order.totalPrice),
    discountedPrice: money(order.discountedPrice),
    placedAt: order.placedAt.toISOString(),
  };
}
