import type { Signal, SignalDispatcher } from '@nest-quintet/signals';
import type { Draft } from './draft.js';
import {
  type DeleteOrigin,
  m2mChanged,
  type M2mChangedPayload,
  postBulkWrite,
  postDelete,
  postSave,
  preDelete,
  preSave,
} from './model-signals.js';
import type { StoredRow } from './rows.js';
import { currentWriteOptions } from './write-options.js';

export interface Listeners {
  readonly dispatcher: SignalDispatcher;
  /** The alias of the database. */
  readonly using: string;
  readonly client: unknown;
}

/** Sends the signals of one database; asks first whether anybody listens. */
export class SignalSender {
  constructor(private readonly listeners: Listeners) {}

  hearsSave(model: string): boolean {
    return this.#hears(preSave, model) || this.#hears(postSave, model);
  }

  hearsDelete(model: string): boolean {
    return this.#hears(preDelete, model) || this.#hears(postDelete, model);
  }

  hearsBulkWrite(model: string): boolean {
    return this.#hears(postBulkWrite, model);
  }

  hearsM2m(relation: string): boolean {
    return this.listeners.dispatcher.isHeard(m2mChanged, relation);
  }

  preSave(model: string, draft: Draft, stored?: StoredRow): Promise<void> {
    return this.#save(preSave, model, draft, stored);
  }

  postSave(model: string, draft: Draft, stored?: StoredRow): Promise<void> {
    return this.#save(postSave, model, draft, stored);
  }

  async preDelete(model: string, instance: StoredRow, origin: DeleteOrigin): Promise<void> {
    await this.#send(preDelete, model, { instance, origin });
  }

  async postDelete(model: string, instance: StoredRow, origin: DeleteOrigin): Promise<void> {
    await this.#send(postDelete, model, { instance, origin });
  }

  async m2mChanged(
    relation: string,
    payload: Pick<M2mChangedPayload, 'action' | 'instance' | 'reverse' | 'model' | 'pkSet'>,
  ): Promise<void> {
    await this.#send(m2mChanged, relation, payload);
  }

  async bulkWrite(
    model: string,
    payload: { operation: string; where?: unknown; data?: unknown; count: number },
  ): Promise<void> {
    await this.#send(postBulkWrite, model, payload);
  }

  async #save(
    signal: typeof preSave,
    model: string,
    draft: Draft,
    stored: StoredRow | undefined,
  ): Promise<void> {
    await this.#send(signal, model, {
      instance: draft.instance,
      created: stored === undefined,
      updateFields: stored === undefined ? null : draft.fields,
      previous: () => Promise.resolve(stored === undefined ? null : { ...stored }),
    });
  }

  #hears(signal: Signal<any, any>, model: string): boolean {
    return this.listeners.dispatcher.isHeard(signal, model);
  }

  #send(signal: Signal<any, any>, sender: string, payload: object): Promise<unknown> {
    const { dispatcher, using, client } = this.listeners;
    const { raw = false } = currentWriteOptions();
    return dispatcher.send(signal, sender, { ...payload, using, raw, client });
  }
}
