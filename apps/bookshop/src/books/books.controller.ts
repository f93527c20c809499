import { CachePage } from '@nest-quintet/cache';
import { Body, Controller, Get, NotFoundException, Param, Patch, Query } from '@nestjs/common';
import { textId } from '../http/schemas.js';
import { show } from '../pages/answers.js';
import { Page } from '../pages/page.decorator.js';
import { BookManager } from './book.manager.js';
import { presentBook } from './book.presenter.js';
import { bookChange, type BookChange, bookListQuery, type BookListQuery } from './book.schemas.js';
import { PublisherManager } from './publisher.manager.js';

const pageSize = 10;

const orders = [
  { value: '-pubdate', label: 'Newest first' },
  { value: 'pubdate', label: 'Oldest first' },
  { value: 'name', label: 'Name' },
  { value: 'price', label: 'Cheapest first' },
  { value: '-price', label: 'Dearest first' },
  { value: '-rating', label: 'Best rated' },
];

@Controller('books')
export class BooksController {
  constructor(
    private readonly books: BookManager,
    private readonly publishers: PublisherManager,
  ) {}

  /** A page of books, kept for a quarter of an hour, or until a table that it was read from is written. */
  @Get()
  @CachePage(60 * 15, { invalidateOn: 'auto' })
  @Page<BooksController>('books/list', { again: (controller) => controller.form() })
  async list(@Query({ schema: bookListQuery }) query: BookListQuery) {
    const { page, order } = query;
    const found = this.books.search(query);
    const total = await found.count();
    const pages = Math.max(1, Math.ceil(total / pageSize));
    if (page > pages) throw new NotFoundException(`There is no page ${page}; the last one is ${pages}.`);

    const start = (page - 1) * pageSize;
    const books = await found
      .selectRelated('publisher')
      .prefetchRelated('authors')
      .orderBy(order, 'id')
      .slice(start, start + pageSize);
    return show({ items: books.map(presentBook), page, pages, total }, { ...this.form(), query });
  }

  @Get(':id')
  @Page('books/book')
  async one(@Param('id', { schema: textId }) id: number) {
    const book = presentBook(await this.books.withNames().get({ id }));
    return show(book, { book });
  }

  @Patch(':id')
  async change(
    @Param('id', { schema: textId }) id: number,
    @Body({ schema: bookChange }) change: BookChange,
  ) {
    const book = await this.books.get({ id });
    await this.books.save({ ...book, ...change }, { updateFields: Object.keys(change) });
    return presentBook(await this.books.withNames().get({ id }));
  }

  /** What the form above the list offers. */
  private form() {
    return { orders, publishers: this.publishers.withBookCounts() };
  }
}
