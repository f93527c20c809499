import type { Database } from '../database/database.js';

/** What of a Prisma client's model the writing methods use. */
export interface ClientModel {
  create(args: { data: object }): Promise<unknown>;
  update(args: { where: object; data: object }): Promise<unknown>;
  delete(args: { where: object }): Promise<unknown>;
  deleteMany(args: { where: object }): Promise<{ count: number }>;
}

/** The extended Prisma client's part for a model, through which rows are written so that signals are sent. */
export function clientModel(database: Database, model: string): ClientModel {
  const name = model[0]!.toLowerCase() + model.slice(1);
  return (database.client as Record<string, ClientModel>)[name]!;
}
