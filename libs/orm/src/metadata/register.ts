/**
 * Where the generated code registers an application's models and its Prisma client, so that managers,
 * QuerySets and `@InjectPrisma()` know their types.
 *
 * The generator writes the augmentation; nothing is to be written by hand:
 *
 * @example
 * declare module '@nest-quintet/orm' {
 *   interface Register {
 *     client: PrismaClient;
 *     models: { Book: { payload: Prisma.$BookPayload; where: Prisma.BookWhereInput; … } };
 *   }
 * }
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export interface Register {}

/**
 * The models of which a default manager hides rows, as an application says it, so that their rows can be null for the
 * types too where a relation would always have one.
 *
 * @example
 * declare module '@nest-quintet/orm' {
 *   interface Register {
 *     hidden: 'Book' | 'Author';
 *   }
 * }
 */
export type HiddenModel = Register extends { hidden: infer Name } ? Name : never;

/** The types of one model, as the generated code registers them. */
export interface ModelTypes {
  /** Prisma's payload: `scalars` and `objects` are all that row types and paths are made of. */
  payload: { name: string; scalars: object; objects: object };
  where: object;
  whereUnique: object;
  create: object;
  createMany: object;
  update: object;
  updateMany: object;
}

/** Every registered model by name; any name goes in a program that registers none. */
export type RegisteredModels = Register extends { models: infer Models }
  ? Models
  : Record<string, ModelTypes>;

/** The names of the registered models. */
export type ModelName = Extract<keyof RegisteredModels, string>;

/** The registered Prisma client's type; `unknown` in a program that registers none. */
export type RegisteredClient = Register extends { client: infer Client } ? Client : unknown;
