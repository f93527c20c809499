import { z } from 'zod';
import { fields, id, wholeNumber } from '../http/schemas.js';

export const largestQuantity = 99;

const quantity = (least: number) =>
  wholeNumber.pipe(
    z
      .number()
      .min(least, `must be at least ${least}`)
      .max(largestQuantity, `must not exceed ${largestQuantity}`),
  );

/** `POST /cart/items` */
export const cartItem = fields({ bookId: id, quantity: quantity(1).default(1) });
export type CartItem = z.infer<typeof cartItem>;

/** `POST /cart/items/:bookId`; none takes the book out. */
export const cartQuantity = fields({ quantity: quantity(0) });
export type CartQuantity = z.infer<typeof cartQuantity>;
