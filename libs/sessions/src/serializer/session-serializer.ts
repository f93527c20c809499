/** What a session holds, as the engines see it: no prototype, so that no key of it means anything to JavaScript. */
export type SessionValues = Record<string, unknown>;

/** Turns what a session holds into text and back. Django: `SESSION_SERIALIZER`. */
export interface SessionSerializer {
  /** @throws SessionSerializationError when a value would not come back as it was. */
  encode(values: SessionValues): string;
  /** @throws Error on a text that it did not make; the session then counts as unknown. */
  decode(text: string): SessionValues;
}
