import { Session } from '@nest-quintet/sessions';
import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { z } from 'zod';
import type { User } from './authentication.middleware.js';
import { CurrentUser } from './current-user.decorator.js';

declare module '@nest-quintet/sessions' {
  interface SessionData {
    /** The name that the visitor logged in with. */
    user: string;
  }
}

const credentials = z.object({
  name: z
    .string('must be a text')
    .trim()
    .min(1, 'must not be empty')
    .max(100, 'must not exceed 100 characters'),
});

@Controller()
export class AccountsController {
  /** Logs in. The session gets a new key, so that whoever knew the old one does not come along. */
  @Post('login')
  @HttpCode(200)
  async login(
    @Session() session: Session,
    @Body({ schema: credentials }) { name }: z.infer<typeof credentials>,
  ) {
    // What another user left behind is not for this one.
    if (session.get('user', name) !== name) await session.flush();
    else await session.cycleKey();
    session.set('user', name);
    return { name };
  }

  /** Logs out: the session and all that it held are gone, in the store too. */
  @Post('logout')
  @HttpCode(204)
  async logout(@Session() session: Session) {
    await session.flush();
  }

  @Get('me')
  me(@CurrentUser() { name }: User) {
    return { name };
  }
}
