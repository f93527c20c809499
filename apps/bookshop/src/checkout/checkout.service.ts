import { Database, ValidationError } from '@nest-quintet/orm';
import { Injectable } from '@nestjs/common';
import { InvalidInputException } from '../http/validation.pipe.js';
import { CustomerManager, CustomerProfileManager, OrderManager } from '../orders/order.managers.js';
import { OrdersService } from '../orders/orders.service.js';
import type { Buyer } from './checkout.schemas.js';

@Injectable()
export class CheckoutService {
  constructor(
    private readonly database: Database,
    private readonly customers: CustomerManager,
    private readonly profiles: CustomerProfileManager,
    private readonly orders: OrderManager,
    private readonly service: OrdersService,
  ) {}

  /**
   * Sells a cart to somebody who is a customer from now on, all or nothing.
   *
   * @throws InvalidInputException that names everything that is wrong with the form.
   */
  async buy({ name, phone, note }: Buyer, quantities: ReadonlyMap<number, number>) {
    await allOf([
      this.customers.fullClean({ name }),
      this.profiles.fullClean({ phone }, { exclude: ['customer'] }),
    ]);
    return this.database.atomic(async () => {
      const customer = await this.customers.create({ name });
      await this.profiles.create({ customerId: customer.id, phone });
      const order = await this.service.place(customer.id, quantities);
      if (note !== '') await this.orders.filter({ id: order.id }).update({ note });
      return order;
    });
  }
}

/** Waits for all validations, and tells what all of them have found. */
async function allOf(validations: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(validations);
  const reasons = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
  const problems = reasons.map((reason) => {
    if (reason instanceof ValidationError) return reason.messages;
    throw reason;
  });
  if (problems.length > 0) throw new InvalidInputException(Object.assign({}, ...problems));
}
