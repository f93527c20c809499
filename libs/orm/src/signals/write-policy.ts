import type { BulkSignals } from './write-options.js';
import { currentWriteOptions } from './write-options.js';

/** Decides for which models operations on many rows send the signals of each row. */
export class WritePolicy {
  constructor(private readonly bulkSignals: BulkSignals | Readonly<Record<string, BulkSignals>> = 'none') {}

  sendsEach(model: string): boolean {
    const { bulkSignals: called } = currentWriteOptions();
    if (called !== undefined) return called === 'each';
    const configured = typeof this.bulkSignals === 'string' ? this.bulkSignals : this.bulkSignals[model];
    return configured === 'each';
  }
}
