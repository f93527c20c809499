import { Session } from '@nest-quintet/sessions';
import { Body, Controller, Delete, Get, HttpCode, NotFoundException, Param, Post } from '@nestjs/common';
import type { Request } from 'express';
import { BookManager } from '../books/book.manager.js';
import { presentBook } from '../books/book.presenter.js';
import { InvalidInputException } from '../http/validation.pipe.js';
import { id, textId } from '../http/schemas.js';
import { done } from '../pages/answers.js';
import { Page } from '../pages/page.decorator.js';
import { Cart } from './cart.js';
import { CartPresenter } from './cart.presenter.js';
import { cartItem, type CartItem, cartQuantity, type CartQuantity, largestQuantity } from './cart.schemas.js';

@Controller('cart')
export class CartController {
  constructor(
    private readonly books: BookManager,
    private readonly presenter: CartPresenter,
  ) {}

  @Get()
  @Page('cart/cart')
  show(@Session() session: Session) {
    return this.presenter.present(new Cart(session));
  }

  @Post('items')
  @Page<CartController>('books/book', { again: (controller, request) => controller.book(request) })
  async add(@Session() session: Session, @Body({ schema: cartItem }) { bookId, quantity }: CartItem) {
    const cart = new Cart(session);
    const book = await this.books.get({ id: bookId });
    const sum = (cart.quantities.get(book.id) ?? 0) + quantity;
    if (sum > largestQuantity) {
      throw new InvalidInputException({ quantity: [`must not exceed ${largestQuantity} in one cart`] });
    }
    cart.set(book.id, sum);
    return done(await this.presenter.present(cart), '/cart', `“${book.name.trim()}” is in your cart.`);
  }

  /** Changes how many of a book are in the cart: what a form can do, which knows neither PUT nor DELETE. */
  @Post('items/:bookId')
  @HttpCode(200)
  @Page<CartController>('cart/cart', {
    again: (controller, request) => controller.show((request as Request & { session: Session }).session),
  })
  async change(
    @Session() session: Session,
    @Param('bookId', { schema: textId }) bookId: number,
    @Body({ schema: cartQuantity }) { quantity }: CartQuantity,
  ) {
    if (quantity === 0)
      return done(await this.remove(session, bookId), '/cart', 'The book is out of your cart.');
    const cart = new Cart(session);
    if (!cart.quantities.has(bookId)) throw notInCart(bookId);
    cart.set(bookId, quantity);
    return done(await this.presenter.present(cart), '/cart', 'Your cart is changed.');
  }

  @Delete('items/:bookId')
  remove(@Session() session: Session, @Param('bookId', { schema: textId }) bookId: number) {
    const cart = new Cart(session);
    if (!cart.remove(bookId)) throw notInCart(bookId);
    return this.presenter.present(cart);
  }

  /** The book whose form was not filled in well. */
  private async book({ body }: Request) {
    const bookId = id.safeParse((body as { bookId?: unknown } | undefined)?.bookId);
    if (!bookId.success) return undefined;
    return { book: presentBook(await this.books.withNames().get({ id: bookId.data })) };
  }
}

function notInCart(bookId: number): NotFoundException {
  return new NotFoundException(`The book ${bookId} is not in the cart.`);
}
