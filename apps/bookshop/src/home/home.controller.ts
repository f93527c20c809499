import { Controller, Get } from '@nestjs/common';
import { BookManager } from '../books/book.manager.js';
import { presentBook } from '../books/book.presenter.js';
import { PublisherManager } from '../books/publisher.manager.js';
import { show } from '../pages/answers.js';
import { Page } from '../pages/page.decorator.js';

const newestCount = 6;

@Controller()
export class HomeController {
  constructor(
    private readonly books: BookManager,
    private readonly publishers: PublisherManager,
  ) {}

  @Get()
  @Page('home/home', { unasked: 'html' })
  async home() {
    const books = await this.books.withNames().orderBy('-pubdate', 'id').slice(0, newestCount);
    // The publishers stay a QuerySet: the template awaits it where it loops, so a cached sidebar asks nothing.
    return show({ books: books.map(presentBook) }, { publishers: this.publishers.withBookCounts() });
  }
}
