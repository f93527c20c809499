import type { Session } from '@nest-quintet/sessions';

declare module '@nest-quintet/sessions' {
  interface SessionData {
    /** The orders that this visitor placed, logged in or not. */
    orders: number[];
  }
}

/** The orders that a visitor placed in this session. */
export function ownOrders(session: Session) {
  return {
    get ids(): readonly number[] {
      return session.get('orders', []);
    },
    add(id: number): void {
      session.set('orders', [...session.get('orders', []), id]);
    },
  };
}
