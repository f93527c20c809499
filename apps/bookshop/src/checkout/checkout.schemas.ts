import { z } from 'zod';
import { fields } from '../http/schemas.js';

const text = z.string('must be a text').trim();

/** `POST /checkout`: only its shape; what a name and a number may be, the models know. */
export const buyer = fields({
  name: text.default(''),
  phone: text.default(''),
  note: text.max(500, 'must not exceed 500 characters').default(''),
});
export type Buyer = z.infer<typeof buyer>;
