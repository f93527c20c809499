import { Count, F, Manager, ManagerFor, Sum } from '@nest-quintet/orm';
import { Injectable } from '@nestjs/common';

@Injectable()
@ManagerFor('Publisher')
export class PublisherManager extends Manager<'Publisher'> {
  withBookCounts() {
    return this.annotate({ bookCount: Count('books') }).orderBy('name', 'id');
  }

  /** Publishers by what their books were sold for. */
  byRevenue() {
    return this.annotate({
      revenue: Sum(F('books.orderItems.quantity').mul(F('books.orderItems.unitPrice'))),
    })
      .filter({ revenue: { gt: 0 } })
      .orderBy('-revenue', 'id');
  }
}
