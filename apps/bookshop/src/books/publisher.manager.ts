import { Count, Manager, ManagerFor } from '@nest-quintet/orm';
import { Injectable } from '@nestjs/common';

@Injectable()
@ManagerFor('Publisher')
export class PublisherManager extends Manager<'Publisher'> {
  withBookCounts() {
    return this.annotate({ bookCount: Count('books') }).orderBy('name', 'id');
  }
}
