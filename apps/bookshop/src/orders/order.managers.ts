import { Avg, Count, F, Manager, ManagerFor, Q, Sum, TruncMonth } from '@nest-quintet/orm';
import { Injectable } from '@nestjs/common';

@Injectable()
@ManagerFor('Order')
export class OrderManager extends Manager<'Order'> {
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
}

@Injectable()
@ManagerFor('OrderItem')
export class OrderItemManager extends Manager<'OrderItem'> {}

@Injectable()
@ManagerFor('Customer')
export class CustomerManager extends Manager<'Customer'> {}

@Injectable()
@ManagerFor('OutboxMessage')
export class OutboxManager extends Manager<'OutboxMessage'> {}
