/** What a bus tells whoever listens. */
export interface BusListener {
  /** A message of another process. */
  heard(message: string): void;
  /** From now on nothing is missed. */
  up(): void;
  /** From now on, or for a moment already, something may be missed. */
  down(): void;
}

/** Carries messages between the processes that share a store. */
export interface CacheBus {
  /** Begins to listen, and goes on for as long as the bus is open. */
  listen(listener: BusListener): void;
  /** Tells every other process. */
  publish(message: string): Promise<void>;
  close(): Promise<void>;
}
