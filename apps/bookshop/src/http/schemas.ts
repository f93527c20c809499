import { z } from 'zod';

/** The largest id that an `INTEGER` column holds. */
const largestId = 2 ** 31 - 1;

/** A whole number; forms send it as text. */
export const wholeNumber = z
  .union(
    [z.number(), z.string().trim().regex(/^-?\d{1,15}$/).transform(Number)], // prettier-ignore
    'must be a whole number',
  )
  .pipe(z.number().int('must be a whole number'));

export const id = wholeNumber.pipe(z.number().min(1).max(largestId));

/** An id in a path or a query, where everything is text. */
export const textId = z
  .string()
  .regex(/^\d{1,10}$/, 'must be a whole number')
  .transform(Number)
  .pipe(z.number().min(1).max(largestId));

/** An object of these fields and no others; an unknown one is told by its name. */
export function fields<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.looseObject(shape).superRefine((value, context) => {
    for (const name of Object.keys(value)) {
      if (!Object.hasOwn(shape, name))
        context.addIssue({ code: 'custom', path: [name], message: 'cannot be given' });
    }
  });
}
