import { CachePage } from '@nest-quintet/cache';
import { Session } from '@nest-quintet/sessions';
import { Body, ConflictException, Controller, Get, Param, Post, Req } from '@nestjs/common';
import type { z } from 'zod';
import type { User } from '../accounts/authentication.middleware.js';
import { BookManager } from '../books/book.manager.js';
import { Cart } from '../cart/cart.js';
import { fields, id, textId } from '../http/schemas.js';
import { done, show } from '../pages/answers.js';
import { Page } from '../pages/page.decorator.js';
import { OrderManager } from './order.managers.js';
import { presentOrder } from './order.presenter.js';
import { OrdersService } from './orders.service.js';
import { ownOrders } from './own-orders.js';
import { ReportService } from './report.service.js';

const newOrder = fields({ customerId: id });

interface ShopRequest {
  readonly session: Session;
  readonly user?: User;
}

/** So many orders are shown of somebody who has more. */
const listLength = 50;

@Controller('orders')
export class OrdersController {
  constructor(
    private readonly orders: OrderManager,
    private readonly books: BookManager,
    private readonly service: OrdersService,
    private readonly reports: ReportService,
  ) {}

  @Post()
  @Page('orders/order')
  async place(
    @Session() session: Session,
    @Body({ schema: newOrder }) { customerId }: z.infer<typeof newOrder>,
  ) {
    const cart = new Cart(session);
    if (cart.isEmpty) throw new ConflictException('The cart is empty.');
    const order = await this.service.place(customerId, cart.quantities);
    cart.clear();
    ownOrders(session).add(order.id);
    return done(presentOrder(order), `/orders/${order.id}`, 'Your order is placed.');
  }

  /** The visitor's own orders, the last one first. */
  @Get()
  @Page('orders/list')
  async list(@Req() request: ShopRequest) {
    const orders = await this.#visibleTo(request)
      .withItems()
      .orderBy('-placedAt', '-id')
      .slice(0, listLength);
    return show({ items: orders.map(presentOrder) }, { user: request.user });
  }

  /** What was sold when, to whose profit; kept until an order is written. */
  @Get('report')
  @CachePage('10m', { invalidateOn: 'auto' })
  @Page('orders/report')
  async report() {
    const rows = await this.reports.rows();
    return show(rows, this.reports.charts(rows));
  }

  @Get(':id')
  @Page('orders/order')
  async one(@Param('id', { schema: textId }) id: number, @Req() request: ShopRequest) {
    const order = presentOrder(await this.#visibleTo(request).withItems().get({ id }));
    const names = this.books.filter({ id: { in: order.items.map(({ bookId }) => bookId) } });
    return show(order, { order, books: names });
  }

  #visibleTo({ session, user }: ShopRequest) {
    return this.orders.visibleTo({ ids: ownOrders(session).ids, name: user?.name });
  }
}
