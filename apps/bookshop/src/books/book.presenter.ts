import type { BookManager } from './book.manager.js';
import { day, money } from '../http/json.js';

export type BookWithNames = Awaited<ReturnType<BookManager['withNames']>>[number];

/** A book as the shop's JSON shows it. */
export function presentBook(book: BookWithNames) {
  const { id, isbn, name, pages, rating, price, pubdate, publisher, authors } = book;
  return {
    id,
    isbn,
    name,
    pages,
    rating,
    price: money(price),
    pubdate: day(pubdate),
    publisher: { id: publisher.id, name: publisher.name },
    authors: authors.map((author) => ({ id: author.id, name: author.name })),
  };
}
