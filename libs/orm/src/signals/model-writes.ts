import { BulkWriter } from './bulk-writer.js';
import { NestedWriter } from './nested-writer.js';
import type { CallArguments, Data, Execute, ModelCall } from './prisma-calls.js';
import { isUniqueViolation } from './prisma-errors.js';
import type { RowWriter } from './row-writer.js';
import type { StoredRow } from './rows.js';

/** Says that an upsert found no row and could not create it, perhaps because another one has done so by now. */
export class RowAppeared extends Error {
  constructor(override readonly cause: unknown) {
    super('The row of an upsert may have appeared while it was created.');
  }
}

/** Carries out the writing calls of a client row by row, with signals, and answers as Prisma does. */
export class ModelWrites {
  readonly #nested: NestedWriter;
  readonly #bulk: BulkWriter;

  constructor(private readonly writer: RowWriter) {
    this.#nested = new NestedWriter(writer);
    this.#bulk = new BulkWriter(writer);
  }

  run(call: ModelCall, execute: Execute): Promise<unknown> {
    const args = call.args ?? {};
    switch (call.action) {
      case 'create':
        return this.#create(call, args, execute);
      case 'update':
        return this.#update(call, args, execute);
      case 'upsert':
        return this.#upsert(call, args, execute);
      case 'delete':
        return this.#delete(call, args, execute);
      case 'createMany':
      case 'createManyAndReturn':
        return this.#createMany(call, args, execute);
      case 'updateMany':
      case 'updateManyAndReturn':
        return this.#updateMany(call, args, execute);
      case 'deleteMany':
        return this.#deleteMany(call, args);
      default:
        return execute();
    }
  }

  async #create(call: ModelCall, args: CallArguments, execute: Execute): Promise<unknown> {
    const row = await this.#nested.create(call.model, args.data as Data);
    return this.#answer(call, row, execute);
  }

  async #update(call: ModelCall, args: CallArguments, execute: Execute): Promise<unknown> {
    const stored = await this.#find(call.model, args);
    // Prisma says best that there is no such row.
    if (!stored) return execute();
    const row = await this.#nested.update(call.model, stored, args.data as Data);
    return this.#answer(call, row, execute);
  }

  async #upsert(call: ModelCall, args: CallArguments, execute: Execute): Promise<unknown> {
    const { create, update } = args as { create: Data; update: Data };
    const stored = await this.#find(call.model, args);
    const row = stored
      ? await this.#nested.update(call.model, stored, update)
      : await this.#createUnlessRaced(call.model, create);
    return this.#answer(call, row, execute);
  }

  async #createUnlessRaced(model: string, data: Data): Promise<StoredRow> {
    try {
      return await this.#nested.create(model, data);
    } catch (error) {
      throw isUniqueViolation(error) ? new RowAppeared(error) : error;
    }
  }

  /** Whether the row of an upsert is there. */
  async isThere({ model, args = {} }: ModelCall): Promise<boolean> {
    return (await this.#find(model, args)) !== null;
  }

  async #delete(call: ModelCall, args: CallArguments, execute: Execute): Promise<unknown> {
    const stored = await this.#find(call.model, args);
    if (!stored) return execute();
    const answer = await this.#answer(call, stored, execute);
    await this.writer.remove(call.model, [stored], { model: call.model, instance: stored });
    return answer;
  }

  async #createMany(call: ModelCall, args: CallArguments, execute: Execute): Promise<unknown> {
    const data = [args.data ?? []].flat<unknown[]>() as Data[];
    if (!this.#bulk.sendsEach(call.model)) return this.#writeTogether(call, args, execute);
    const rows = await this.#bulk.insertEach(call.model, data, args.skipDuplicates);
    return call.action === 'createMany' ? { count: rows.length } : this.#answers(call, rows, execute);
  }

  async #updateMany(call: ModelCall, args: CallArguments, execute: Execute): Promise<unknown> {
    const isEmpty = Object.values((args.data as Data | undefined) ?? {}).every(
      (value) => value === undefined,
    );
    if (isEmpty) return execute();
    if (!this.#bulk.sendsEach(call.model)) return this.#writeTogether(call, args, execute);
    const stored = await this.writer.rows.list(call.model, args.where ?? {}, { take: args.limit });
    const rows = await this.#bulk.updateEach(call.model, stored, args.data as Data);
    return call.action === 'updateMany' ? { count: rows.length } : this.#answers(call, rows, execute);
  }

  async #deleteMany({ model }: ModelCall, { where, limit }: CallArguments): Promise<unknown> {
    return { count: await this.#bulk.remove(model, where ?? {}, where, limit) };
  }

  /** Lets Prisma write, and tells how much it wrote. */
  async #writeTogether(
    { model, action: operation }: ModelCall,
    args: CallArguments,
    execute: Execute,
  ): Promise<unknown> {
    const changes = operation.startsWith('update') ? (args.data as Data) : {};
    const answer = (await this.#bulk.updateTogether(
      model,
      args.where ?? {},
      changes,
      execute,
      args.limit,
    )) as { count: number } | unknown[];
    const count = Array.isArray(answer) ? answer.length : answer.count;
    const { where, data } = args;
    await this.writer.sender.bulkWrite(model, { operation, where, data, count });
    return answer;
  }

  async #find(model: string, { where }: CallArguments): Promise<StoredRow | null> {
    return where === undefined ? null : this.writer.rows.find(model, where);
  }

  /** Reads a written row as the call wants to have it, which is how Prisma answers too. */
  async #answer(call: ModelCall, row: StoredRow, execute: Execute): Promise<unknown> {
    const { data: _data, create: _create, update: _update, ...selection } = call.args ?? {};
    const where = this.writer.rows.keyOf(call.model, row);
    const answer = await execute({ ...call, action: 'findUnique', args: { ...selection, where } });
    // So Prisma answers a call that deletes the row which it writes.
    return answer ?? (call.action === 'upsert' ? [] : null);
  }

  async #answers(call: ModelCall, rows: readonly StoredRow[], execute: Execute): Promise<unknown[]> {
    const { select, include, omit } = call.args ?? {};
    const answers: unknown[] = [];
    for (const row of rows)
      answers.push(await this.#answer({ ...call, args: { select, include, omit } }, row, execute));
    return answers;
  }
}
