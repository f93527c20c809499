import { F, postDelete, type PostDelete, postSave, type PostSave, Sum } from '@nest-quintet/orm';
import { Receiver } from '@nest-quintet/signals';
import { Injectable } from '@nestjs/common';
import { Prisma } from '../generated/prisma/client.js';
import { OrderItemManager, OrderManager } from './order.managers.js';

/** Orders of this value and above get a tenth off. */
const discountFrom = 100;

/** Keeps an order's totals true whenever one of its items is written, in the transaction of that write. */
@Injectable()
export class OrderTotalsReceiver {
  constructor(
    private readonly orders: OrderManager,
    private readonly items: OrderItemManager,
  ) {}

  @Receiver([postSave, postDelete], { sender: 'OrderItem', dispatchUid: 'order-totals' })
  async update({ instance }: PostSave<'OrderItem'> | PostDelete<'OrderItem'>) {
    const { orderId } = instance;
    const { total } = await this.items
      .filter({ orderId })
      .aggregate({ total: Sum(F('quantity').mul(F('unitPrice'))) });
    const totalPrice = total ?? new Prisma.Decimal(0);
    const discountedPrice = totalPrice.gte(discountFrom)
      ? totalPrice.mul('0.9').toDecimalPlaces(2)
      : totalPrice;
    await this.orders.filter({ id: orderId }).update({ totalPrice, discountedPrice });
  }
}
