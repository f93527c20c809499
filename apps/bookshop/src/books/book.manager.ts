import { Manager, ManagerFor, Sum } from '@nest-quintet/orm';
import { Injectable } from '@nestjs/common';

/** Reads and writes books; its methods chain like the built-in ones. */
@Injectable()
@ManagerFor('Book')
export class BookManager extends Manager<'Book'> {
  /** Books with all that the shop shows of one: two statements, however many books. */
  withNames() {
    return this.selectRelated('publisher').prefetchRelated('authors');
  }

  /** The books of a search, whatever of it was filled in. */
  search({ q, publisher, max }: { q: string; publisher?: number; max?: string }) {
    return this.filter({
      ...(q !== '' && { name: { icontains: q } }),
      ...(publisher !== undefined && { publisherId: publisher }),
      ...(max !== undefined && { price: { lte: max } }),
    });
  }

  /** Books by how often they were bought. */
  bestsellers() {
    return this.annotate({ sold: Sum('orderItems.quantity') })
      .filter({ sold: { gt: 0 } })
      .orderBy('-sold', 'id');
  }
}
