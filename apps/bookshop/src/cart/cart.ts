import type { Session } from '@nest-quintet/sessions';

declare module '@nest-quintet/sessions' {
  interface SessionData {
    /** Book id → quantity. */
    cart: Record<string, number>;
  }
}

/** The visitor's cart: what to buy is kept in the session, what it costs is asked of the database. */
export class Cart {
  constructor(private readonly session: Session) {}

  get quantities(): ReadonlyMap<number, number> {
    return new Map(
      Object.entries(this.session.get('cart', {})).map(([id, quantity]) => [Number(id), quantity]),
    );
  }

  get isEmpty(): boolean {
    return this.quantities.size === 0;
  }

  set(bookId: number, quantity: number): void {
    this.session.set('cart', { ...this.session.get('cart', {}), [bookId]: quantity });
  }

  /** Takes a book out; returns whether it was in. */
  remove(bookId: number): boolean {
    const { [bookId]: quantity, ...rest } = this.session.get('cart', {});
    if (quantity === undefined) return false;
    if (Object.keys(rest).length > 0) this.session.set('cart', rest);
    else this.clear();
    return true;
  }

  clear(): void {
    this.session.delete('cart');
  }
}
