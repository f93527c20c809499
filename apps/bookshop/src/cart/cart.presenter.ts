import { Injectable } from '@nestjs/common';
import { BookManager } from '../books/book.manager.js';
import { money } from '../http/json.js';
import type { Cart } from './cart.js';

/** Shows a cart as the shop's JSON does: what the books cost today. */
@Injectable()
export class CartPresenter {
  constructor(private readonly books: BookManager) {}

  async present(cart: Cart) {
    const { quantities } = cart;
    const books = await this.books.filter({ id: { in: [...quantities.keys()] } }).orderBy('id');
    const lines = books.map((book) => {
      const quantity = quantities.get(book.id)!;
      return { book, quantity, total: book.price.mul(quantity) };
    });
    return {
      items: lines.map(({ book, quantity, total }) => ({
        bookId: book.id,
        name: book.name,
        quantity,
        unitPrice: money(book.price),
        total: money(total),
      })),
      total: money(
        lines.reduce<(typeof lines)[number]['total'] | null>(
          (sum, { total }) => sum?.add(total) ?? total,
          null,
        ),
      ),
    };
  }
}
