import { Manager, ManagerFor } from '@nest-quintet/orm';
import { Injectable } from '@nestjs/common';

/** Reads and writes books; its methods chain like the built-in ones. */
@Injectable()
@ManagerFor('Book')
export class BookManager extends Manager<'Book'> {
  /** Books with all that the shop shows of one: two statements, however many books. */
  withNames() {
    return this.selectRelated('publisher').prefetchRelated('authors');
  }
}
