import { z } from 'zod';
import { fields, id } from '../http/schemas.js';

export const largestQuantity = 99;

/** `POST /cart/items` */
export const cartItem = fields({
  bookId: id,
  quantity: z
    .number('must be a whole number')
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(largestQuantity, `must not exceed ${largestQuantity}`)
    .default(1),
});
export type CartItem = z.infer<typeof cartItem>;
