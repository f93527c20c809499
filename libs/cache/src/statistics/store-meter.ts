/** Measures what passes between a cache and a store outside of this process. */
export class StoreMeter {
  /** How many operations were sent. */
  operations = 0;
  /** How many failed, were refused, or were not even sent because the store was down. */
  errors = 0;
  /** Seconds that all operations took together, and the slowest of them. */
  seconds = 0;
  slowest = 0;
  bytesRead = 0;
  bytesWritten = 0;
  /** Hears of each operation, in seconds: for histograms. */
  onOperation: ((seconds: number) => void) | undefined;

  ended(seconds: number): void {
    this.operations++;
    this.seconds += seconds;
    if (seconds > this.slowest) this.slowest = seconds;
    this.onOperation?.(seconds);
  }
}
