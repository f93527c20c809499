import type { SessionValues } from '../serializer/session-serializer.js';
import type { StoredSession } from '../session/session-backend.js';
import type { SessionRecord } from './session-record.js';

/** A session as an engine keeps it: with the id of its record, and decoded when somebody looks at its values. */
export class KeptSession implements StoredSession {
  readonly text: string;
  readonly expiresAt: Date;
  #values: SessionValues | undefined;

  constructor(
    readonly key: string,
    /** The digest of the key, so that it is computed once. */
    readonly id: string,
    { data, expiresAt }: SessionRecord,
    private readonly decode: (data: string) => SessionValues,
    readonly isOwn = false,
  ) {
    this.text = data;
    this.expiresAt = expiresAt;
  }

  /** Who has just written them does not read them again. */
  get values(): SessionValues {
    return (this.#values ??= this.decode(this.text));
  }
}
