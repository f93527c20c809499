/** One session as an engine keeps it. */
export interface SessionRecord {
  /** What the serialiser made. */
  readonly data: string;
  readonly expiresAt: Date;
  /** Whose session it is; an engine that keeps an index of users keeps it. */
  readonly userId?: string | undefined;
}
