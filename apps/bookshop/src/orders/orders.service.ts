import { Database } from '@nest-quintet/orm';
import { ConflictException, Injectable } from '@nestjs/common';
import { BookManager } from '../books/book.manager.js';
import { InvalidInputException } from '../http/validation.pipe.js';
import { CustomerManager, OrderItemManager, OrderManager } from './order.managers.js';
import { orderPlaced } from './order-placed.js';

@Injectable()
export class OrdersService {
  constructor(
    private readonly database: Database,
    private readonly books: BookManager,
    private readonly customers: CustomerManager,
    private readonly orders: OrderManager,
    private readonly items: OrderItemManager,
  ) {}

  /** Places an order, all or nothing; {@link OrderTotalsReceiver} fills in its totals. */
  place(customerId: number, quantities: ReadonlyMap<number, number>) {
    return this.database.atomic(async () => {
      if (!(await this.customers.filter({ id: customerId }).exists())) {
        throw new InvalidInputException({ customerId: [`there is no customer ${customerId}`] });
      }
      const order = await this.orders.create({
        customerId,
        totalPrice: 0,
        discountedPrice: 0,
        placedAt: new Date(),
      });
      const books = await this.books.filter({ id: { in: [...quantities.keys()] } });
      if (books.length < quantities.size) {
        throw new ConflictException('A book in the cart is no longer sold. Take it out and try again.');
      }
      for (const { id: bookId, price: unitPrice } of books) {
        await this.items.create({ orderId: order.id, bookId, quantity: quantities.get(bookId)!, unitPrice });
      }
      await orderPlaced.send(this, { orderId: order.id, customerId });
      return this.orders.withItems().get({ id: order.id });
    });
  }
}
