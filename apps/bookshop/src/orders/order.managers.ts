import { Avg, Count, F, Manager, ManagerFor, Q, Sum, TruncMonth } from '@nest-quintet/orm';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';

@Injectable()
@ManagerFor('Order')
export class OrderManager extends Manager<'Order'> {
  /** Orders with all that the shop shows of one: two statements, however many orders. */
  withItems() {
    return this.selectRelated('customer').prefetchRelated('items');
  }

  /** The orders that a visitor may see: those of the session, and those under the name that is logged in. */
  visibleTo({ ids, name }: { ids: readonly number[]; name?: string }) {
    return this.filter(
      Q({ id: { in: [...ids] } }).or(name === undefined ? Q({ id: -1 }) : Q({ customer: { name } })),
    );
  }

  /** Orders per month and status: how many, their total and average, and how many were discounted. */
  report() {
    return this.annotate({ month: TruncMonth('placedAt') })
      .values('month', 'status')
      .annotate({
        orders: Count('id'),
        total: Sum('totalPrice'),
        average: Avg('totalPrice'),
        discounted: Count('id', { filter: Q({ discountedPrice: { lt: F('totalPrice') } }) }),
      })
      .orderBy('month', 'status');
  }

  /** What all orders come to that were not cancelled. */
  summary() {
    return this.exclude({ status: 'cancelled' }).aggregate({
      orders: Count('id'),
      total: Sum('discountedPrice'),
      average: Avg('discountedPrice'),
    });
  }
}

@Injectable()
@ManagerFor('OrderItem')
export class OrderItemManager extends Manager<'OrderItem'> {}

@Injectable()
@ManagerFor('Customer')
export class CustomerManager extends Manager<'Customer'> {}

const phone = z.string().regex(/^\+?[\d ()/-]{5,20}$/, 'must be a number such as +49 30 1234567');

@Injectable()
@ManagerFor('CustomerProfile', { validation: { validators: { phone } } })
export class CustomerProfileManager extends Manager<'CustomerProfile'> {}

@Injectable()
@ManagerFor('OutboxMessage')
export class OutboxManager extends Manager<'OutboxMessage'> {}
