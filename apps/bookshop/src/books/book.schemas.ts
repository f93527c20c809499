import { z } from 'zod';
import { fields, textId } from '../http/schemas.js';

const orders = ['id', 'name', 'price', 'pubdate', 'rating'] as const;
export type BookOrder = (typeof orders)[number] | `-${(typeof orders)[number]}`;

const orderChoices = orders.flatMap((field) => [field, `-${field}`] as const);

const amount = z
  .string('may be given once')
  .trim()
  .regex(/^\d{1,4}([.,]\d{1,2})?$/, 'must be an amount such as 19.90')
  .transform((text) => text.replace(',', '.'));

/** An empty field of a form says as much as none. */
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());

/** `GET /books?page=&order=&q=&publisher=&max=` */
export const bookListQuery = z.object({
  page: textId.default(1),
  order: z.enum(orderChoices, `must be one of ${orderChoices.join(', ')}`).default('-pubdate'),
  q: z.string('may be given once').trim().max(200).default(''),
  publisher: optional(textId),
  /** The highest price. */
  max: optional(amount),
});
export type BookListQuery = z.infer<typeof bookListQuery>;

const price = z
  .union([z.number(), z.string().trim()], 'must be a decimal number')
  .transform(String)
  .pipe(
    z
      .string()
      .regex(/^\d{1,4}(\.\d{1,2})?$/, 'must be a decimal number from 0 to 9999.99 with at most two places'),
  );

/** `PATCH /books/:id` */
export const bookChange = fields({
  price: price.optional(),
  name: z
    .string('must be a text')
    .trim()
    .min(1, 'must not be empty')
    .max(200, 'must not exceed 200 characters')
    .optional(),
}).refine((change) => Object.keys(change).length > 0, 'must change the price or the name');
export type BookChange = z.infer<typeof bookChange>;
