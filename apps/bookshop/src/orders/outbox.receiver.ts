import { Receiver } from '@nest-quintet/signals';
import { Injectable } from '@nestjs/common';
import { OutboxManager } from './order.managers.js';
import { orderPlaced } from './order-placed.js';

/** Leaves a line for other systems about every order that was really placed. */
@Injectable()
export class OutboxReceiver {
  constructor(private readonly outbox: OutboxManager) {}

  @Receiver(orderPlaced, { on: 'commit' })
  async write({ orderId, customerId }: { orderId: number; customerId: number }) {
    await this.outbox.create({ topic: 'order.placed', payload: { orderId, customerId } });
  }
}
