import { Session } from '@nest-quintet/sessions';
import { Body, Controller, Delete, Get, NotFoundException, Param, Post } from '@nestjs/common';
import { BookManager } from '../books/book.manager.js';
import { InvalidInputException } from '../http/validation.pipe.js';
import { money } from '../http/json.js';
import { textId } from '../http/schemas.js';
import { Cart } from './cart.js';
import { cartItem, type CartItem, largestQuantity } from './cart.schemas.js';

@Controller('cart')
export class CartController {
  constructor(private readonly books: BookManager) {}

  @Get()
  show(@Session() session: Session) {
    return this.present(new Cart(session));
  }

  @Post('items')
  async add(@Session() session: Session, @Body({ schema: cartItem }) { bookId, quantity }: CartItem) {
    const cart = new Cart(session);
    const book = await this.books.get({ id: bookId });
    const sum = (cart.quantities.get(book.id) ?? 0) + quantity;
    if (sum > largestQuantity) {
      throw new InvalidInputException({ quantity: [`the cart holds at most ${largestQuantity} of a book`] });
    }
    cart.set(book.id, sum);
    return this.present(cart);
  }

  @Delete('items/:bookId')
  remove(@Session() session: Session, @Param('bookId', { schema: textId }) bookId: number) {
    const cart = new Cart(session);
    if (!cart.remove(bookId)) throw new NotFoundException(`The book ${bookId} is not in the cart.`);
    return this.present(cart);
  }

  private async present(cart: Cart) {
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
