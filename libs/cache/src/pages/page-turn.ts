import type { HeldClaim } from '../computing/held-claim.js';
import type { PageFlight } from './page-flights.js';

/** The right to make a page: whoever else wants it waits, or has the expired one. */
export class PageTurn {
  #isOver = false;

  /**
   * @param flight Those of this process who wait; absent where nobody does.
   * @param claim What tells other processes; absent where the store is not theirs too.
   */
  constructor(
    private readonly flight: PageFlight | undefined,
    private readonly claim?: { readonly held: HeldClaim; readonly key: string },
  ) {}

  /**
   * Ends the wait of others; only the first call counts, and is told so.
   *
   * @param written The keys of the store that were written: none where there is nothing for others to find.
   */
  end(written: readonly string[]): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    if (this.claim) {
      const { held, key } = this.claim;
      // What was written has replaced the claim. A store that fails lets go of it by itself, in seconds.
      void (written.includes(key) ? held.leave() : held.settle()).catch(() => undefined);
    }
    this.flight?.land(written.length > 0);
    return true;
  }
}
