import { Controller, Get } from '@nestjs/common';
import { memoryEngine, Session, SessionLock, type Sessions, SessionsModule } from '@nest-quintet/sessions';

declare module '@nest-quintet/sessions' {
  interface SessionData {
    typedVisits: number;
    typedCart: { bookId: number; quantity: number }[];
  }
}

@Controller()
export class TypedPages {
  @Get()
  @SessionLock({ wait: '3s' })
  visits(@Session() session: Session): number {
    session.set('typedVisits', session.get('typedVisits', 0) + 1).set('anything', new Date());
    const cart: { bookId: number; quantity: number }[] | undefined = session.get('typedCart');
    const last: number = session.pop('typedVisits', cart?.length ?? 0);
    return session.setDefault('typedVisits', last);
  }
}

export async function declaredKeys(session: Session): Promise<void> {
  // @ts-expect-error the key is declared as a number
  session.set('typedVisits', 'one');
  // @ts-expect-error the fallback has another type than the key
  session.get('typedVisits', 'none');
  // @ts-expect-error there may be none
  const visits: number = session.get('typedVisits');
  // @ts-expect-error a book is missing
  session.setDefault('typedCart', [{ quantity: visits }]);
  // @ts-expect-error the key is declared as a number
  session.update({ typedVisits: 'one' });
  // @ts-expect-error the property is declared as a number
  session.typedVisits = 'one';
  // @ts-expect-error no such key is declared: as a property it is a slip of the pen
  session.typedVisit = 1;
  // @ts-expect-error the name is the session's own and is only read
  session.sessionKey = 'chosen';

  session.typedVisits = (session.typedVisits ?? 0) + 1;
  session.set('undeclared', { any: 'thing' });
  const undeclared: unknown = session.get('undeclared');
  const text = session.get<string>('undeclared');
  session.set('both', [undeclared, text?.length]);
}

export function expiry(session: Session): void {
  session.setExpiry('1h');
  session.setExpiry(0);
  session.setExpiry(null);
  session.setExpiry(new Date());
  // @ts-expect-error it is told how long, not that it should
  session.setExpiry(true);
}

export async function service(sessions: Sessions, session: Session): Promise<void> {
  const [first] = await sessions.list(5n);
  // @ts-expect-error nobody is shown a key
  await sessions.revoke(first!.key);
  await sessions.revokeAll('5', { except: session });
  // @ts-expect-error a key alone says nothing of whose it is
  await sessions.revokeAll('5', { except: 'key' });
}

export const settings = [
  SessionsModule.forRoot({ engine: memoryEngine(), secret: ['new', 'old'], cookieSameSite: false }),
  // @ts-expect-error there is no such value
  SessionsModule.forRoot({ engine: memoryEngine(), cookieSameSite: 'Lax' }),
  // @ts-expect-error the option is called cookieAge
  SessionsModule.forRoot({ engine: memoryEngine(), timeToLive: 60 }),
  // @ts-expect-error an engine is not its factory
  SessionsModule.forRoot({ engine: memoryEngine }),
];
