import { ImproperlyConfiguredError } from '@nest-quintet/core';

/** One call of a Prisma client, as its inside describes it. */
export interface PrismaCall {
  /** `create`, `updateMany`, `findUnique`, … */
  readonly action: string;
  /** The model; absent for raw SQL. */
  readonly model?: string;
  readonly args?: CallArguments;
  readonly clientMethod?: string;
  readonly transaction?: { readonly id?: string };
}

/** A call on a model. */
export type ModelCall = PrismaCall & { readonly model: string };

/** The arguments of a call: whatever the application gave, not checked yet. */
export interface CallArguments {
  readonly where?: Data;
  readonly data?: Data | readonly Data[];
  readonly create?: Data;
  readonly update?: Data;
  readonly select?: Data | null;
  readonly include?: Data | null;
  readonly omit?: Data | null;
  readonly skipDuplicates?: boolean;
  readonly limit?: number;
}

export type Data = Readonly<Record<string, unknown>>;

/** Sends a call past the handler, as it is or changed. */
export type Execute = (call?: PrismaCall) => Promise<unknown>;

export interface ModelDelegate {
  findUnique(args: object): PromiseLike<Record<string, unknown> | null>;
  findMany(args: object): PromiseLike<Record<string, unknown>[]>;
  create(args: object): PromiseLike<Record<string, unknown>>;
  createManyAndReturn(args: object): PromiseLike<Record<string, unknown>[]>;
  update(args: object): PromiseLike<Record<string, unknown>>;
  createMany(args: object): PromiseLike<{ count: number }>;
  updateMany(args: object): PromiseLike<{ count: number }>;
  deleteMany(args: object): PromiseLike<{ count: number }>;
}

interface ClientInternals {
  _executeRequest(call: PrismaCall): Promise<unknown>;
  /** The client with its models, without extensions. */
  readonly _appliedParent: Readonly<Record<string, ModelDelegate>>;
}

/**
 * Puts a handler in front of every call of a client and of those extended from it.
 *
 * It stands behind the application's own query extensions, so that it sees what they made of a call.
 */
export class PrismaCalls {
  readonly #client: ClientInternals;
  /** The arguments of calls that the handler makes itself. */
  readonly #own = new WeakSet<object>();

  /** @throws ImproperlyConfiguredError when the client is none of a version that is known. */
  constructor(client: object) {
    const original = (client as { _originalClient?: ClientInternals })._originalClient;
    if (typeof original?._executeRequest !== 'function' || typeof original._appliedParent !== 'object') {
      throw new ImproperlyConfiguredError(
        'Model signals need a PrismaClient of Prisma 7; check what `client` returns, and the version of @prisma/client.',
      );
    }
    this.#client = original;
  }

  handle(handler: (call: PrismaCall, execute: Execute) => Promise<unknown>): void {
    const own = this.#own;
    const execute = this.#client._executeRequest;
    function executeRequest(this: ClientInternals, call: PrismaCall): Promise<unknown> {
      if (call.args !== undefined && own.has(call.args)) return execute.call(this, call);
      return handler(call, (changed = call) => execute.call(this, changed));
    }
    Object.defineProperty(this.#client, '_executeRequest', {
      value: executeRequest,
      configurable: true,
      writable: true,
    });
  }

  /** Makes a call that the handler is not asked about. */
  send<M extends keyof ModelDelegate>(model: string, method: M, args: object): ReturnType<ModelDelegate[M]> {
    this.#own.add(args);
    const delegate = this.#client._appliedParent[
      model.charAt(0).toLowerCase() + model.slice(1)
    ] as ModelDelegate;
    return delegate[method](args) as ReturnType<ModelDelegate[M]>;
  }
}
