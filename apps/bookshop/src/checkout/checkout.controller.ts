import { Session } from '@nest-quintet/sessions';
import { Body, ConflictException, Controller, Get, Post, Req } from '@nestjs/common';
import type { Request } from 'express';
import { Cart } from '../cart/cart.js';
import { CartPresenter } from '../cart/cart.presenter.js';
import { presentOrder } from '../orders/order.presenter.js';
import { ownOrders } from '../orders/own-orders.js';
import { done, show } from '../pages/answers.js';
import { Page } from '../pages/page.decorator.js';
import { buyer, type Buyer } from './checkout.schemas.js';
import { CheckoutService } from './checkout.service.js';

type ShopRequest = Request & { session: Session; user?: { name: string } };

@Controller('checkout')
export class CheckoutController {
  constructor(
    private readonly carts: CartPresenter,
    private readonly checkout: CheckoutService,
  ) {}

  /** What is going to be bought, and the form for who buys it. */
  @Get()
  @Page('checkout/checkout')
  async form(@Req() { session, user }: ShopRequest) {
    return show(await this.carts.present(filled(session)), { preset: { name: user?.name } });
  }

  @Post()
  @Page<CheckoutController>('checkout/checkout', {
    again: async (controller, request) => (await controller.form(request as ShopRequest)).data,
  })
  async buy(@Session() session: Session, @Body({ schema: buyer }) who: Buyer) {
    const cart = filled(session);
    const order = await this.checkout.buy(who, cart.quantities);
    cart.clear();
    ownOrders(session).add(order.id);
    return done(presentOrder(order), `/orders/${order.id}`, `Thank you, ${who.name}. Your order is placed.`);
  }
}

function filled(session: Session): Cart {
  const cart = new Cart(session);
  if (cart.isEmpty) throw new ConflictException('The cart is empty.');
  return cart;
}
