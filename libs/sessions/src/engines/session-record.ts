/** One session as an engine keeps it. */
export interface SessionRecord {
  /** What the serialiser made. */
  readonly data: string;
  readonly expiresAt: Date;
}
