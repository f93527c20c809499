import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { RequestSession } from './request-session.js';
import { SESSION_LOCK } from './session-lock.decorator.js';

/** Loads the session, and takes its lock where the handler asks for it: the last guard of a route that needs either. */
export class SessionGuard implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.getType() === 'http' ? context.switchToHttp().getRequest<object>() : {};
    const current = RequestSession.of(request);
    const lock = lockOf(context);
    if (lock) await current?.lock(lock.wait);
    else await current?.open().load();
    return true;
  }
}

function lockOf(context: ExecutionContext): { wait: number } | undefined {
  const places = [context.getHandler(), context.getClass()];
  return places
    .map((place) => Reflect.getMetadata(SESSION_LOCK, place) as { wait: number } | undefined)
    .find((lock) => lock !== undefined);
}
