import { CachePage } from '@nest-quintet/cache';
import { Body, Controller, Get, NotFoundException, Param, Patch, Query } from '@nestjs/common';
import { textId } from '../http/schemas.js';
import { BookManager } from './book.manager.js';
import { presentBook } from './book.presenter.js';
import { bookChange, type BookChange, bookListQuery, type BookListQuery } from './book.schemas.js';

const pageSize = 10;

@Controller('books')
export class BooksController {
  constructor(private readonly books: BookManager) {}

  /** A page of books, kept for a quarter of an hour, or until a table that it was read from is written. */
  @Get()
  @CachePage(60 * 15, { invalidateOn: 'auto' })
  async list(@Query({ schema: bookListQuery }) { page, order, q }: BookListQuery) {
    const found = q === '' ? this.books.all() : this.books.filter({ name: { icontains: q } });
    const total = await found.count();
    const pages = Math.max(1, Math.ceil(total / pageSize));
    if (page > pages) throw new NotFoundException(`There is no page ${page}; the last one is ${pages}.`);

    const start = (page - 1) * pageSize;
    const books = await found
      .selectRelated('publisher')
      .prefetchRelated('authors')
      .orderBy(order, 'id')
      .slice(start, start + pageSize);
    return { items: books.map(presentBook), page, pages, total };
  }

  @Get(':id')
  async one(@Param('id', { schema: textId }) id: number) {
    return presentBook(await this.books.withNames().get({ id }));
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
}
