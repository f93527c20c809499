import { z } from 'zod';

/** A checkbox stands behind a hidden field of its name, so that a form says "no" too: `['0']` or `['0', '1']`. */
const checkbox = z
  .union([z.boolean(), z.string(), z.array(z.string())], 'must be true or false')
  .transform((value) => (typeof value === 'boolean' ? value : [value].flat().includes('1')));

/** `POST /login` */
export const credentials = z.object({
  name: z
    .string('must be a text')
    .trim()
    .min(1, 'must not be empty')
    .max(100, 'must not exceed 100 characters'),
  /** Whether the session outlives the browser window. */
  remember: checkbox.default(true),
  /** Where to go from there: a path of the shop's own. */
  next: z
    .string()
    .regex(/^\/(?![/\\])/)
    .catch('/me')
    .default('/me'),
});
export type Credentials = z.infer<typeof credentials>;
