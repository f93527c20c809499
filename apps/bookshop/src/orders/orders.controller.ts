import { Session } from '@nest-quintet/sessions';
import { Body, ConflictException, Controller, Get, Post } from '@nestjs/common';
import type { z } from 'zod';
import { Cart } from '../cart/cart.js';
import { money, month } from '../http/json.js';
import { fields, id } from '../http/schemas.js';
import { OrderManager } from './order.managers.js';
import { OrdersService } from './orders.service.js';

const newOrder = fields({ customerId: id });

@Controller('orders')
export class OrdersController {
  constructor(
    private readonly orders: OrderManager,
    private readonly service: OrdersService,
  ) {}

  @Post()
  async place(
    @Session() session: Session,
    @Body({ schema: newOrder }) { customerId }: z.infer<typeof newOrder>,
  ) {
    const cart = new Cart(session);
    if (cart.isEmpty) throw new ConflictException('The cart is empty.');
    const order = await this.service.place(customerId, cart.quantities);
    cart.clear();
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

  @Get('report')
  async report() {
    const rows = await this.orders.report();
    return rows.map((row) => ({
      month: month(row.month),
      status: row.status,
      orders: row.orders,
      total: money(row.total),
      average: money(row.average),
      discountedShare: row.discounted / row.orders,
    }));
  }
}
