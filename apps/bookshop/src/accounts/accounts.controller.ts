import { rotateCsrfToken } from '@nest-quintet/middleware';
import { Session } from '@nest-quintet/sessions';
import { Body, Controller, Get, HttpCode, Post, Query, Req } from '@nestjs/common';
import { done } from '../pages/answers.js';
import { Page } from '../pages/page.decorator.js';
import type { User } from './authentication.middleware.js';
import { credentials, type Credentials } from './credentials.js';
import { CurrentUser } from './current-user.decorator.js';

declare module '@nest-quintet/sessions' {
  interface SessionData {
    /** The name that the visitor logged in with. */
    user: string;
  }
}

@Controller()
export class AccountsController {
  @Get('login')
  @Page('accounts/login')
  form(@Query('next') next?: unknown) {
    return { next: typeof next === 'string' ? next : undefined };
  }

  /** Logs in. The session gets a new key, so that whoever knew the old one does not come along. */
  @Post('login')
  @HttpCode(200)
  @Page('accounts/login', { again: () => ({}) })
  async login(
    @Req() request: object,
    @Session() session: Session,
    @Body({ schema: credentials }) { name, remember, next }: Credentials,
  ) {
    // What another user left behind is not for this one.
    if (session.get('user', name) !== name) await session.flush();
    else await session.cycleKey();
    session.set('user', name);
    session.setExpiry(remember ? null : 0);
    rotateCsrfToken(request);
    return done({ name }, next, `Welcome, ${name}.`);
  }

  /** Logs out: the session and all that it held are gone, in the store too. */
  @Post('logout')
  @HttpCode(204)
  @Page('accounts/login')
  async logout(@Session() session: Session) {
    await session.flush();
    return done(undefined, '/', 'You are logged out.');
  }

  @Get('me')
  @Page('accounts/me')
  me(@CurrentUser() { name }: User) {
    return { name };
  }
}
