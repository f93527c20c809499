import { QueryLog } from '@nest-quintet/orm';
import { Controller, Get } from '@nestjs/common';
import { BookManager } from '../books/book.manager.js';
import { presentBook } from '../books/book.presenter.js';
import { PublisherManager } from '../books/publisher.manager.js';
import { show } from '../pages/answers.js';
import { Page } from '../pages/page.decorator.js';

/** What to look at with a profiler: the same list asked for in two ways, and something that breaks. */
@Controller('demo')
export class DemoController {
  constructor(
    private readonly books: BookManager,
    private readonly publishers: PublisherManager,
    private readonly queryLog: QueryLog,
  ) {}

  @Get()
  @Page('demo/demo')
  list() {
    return { demos: ['/demo/n-plus-one', '/demo/n-plus-one/mended', '/demo/failure'] };
  }

  /** Deliberately naive: two more statements for each book. */
  @Get('n-plus-one')
  @Page('demo/n-plus-one')
  async naive() {
    const books = await this.books.orderBy('name', 'id');
    const items = [];
    for (const book of books) {
      const publisher = await this.publishers.get({ id: book.publisherId });
      const authors = await this.books.related(book).authors.orderBy('id');
      items.push(presentBook({ ...book, publisher, authors }));
    }
    return this.#shown(items, 'naive');
  }

  /** The same list: two statements, however many books. */
  @Get('n-plus-one/mended')
  @Page('demo/n-plus-one')
  async mended() {
    const books = await this.books.withNames().orderBy('name', 'id');
    return this.#shown(books.map(presentBook), 'mended');
  }

  @Get('failure')
  @Page('demo/demo')
  fail(): never {
    throw new Error('This page breaks on purpose.');
  }

  #shown(items: ReturnType<typeof presentBook>[], way: 'naive' | 'mended') {
    // Known where the query log is on: in development.
    return show({ items }, { way, queries: this.queryLog.current?.count });
  }
}
