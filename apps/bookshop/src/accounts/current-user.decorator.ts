import { createParamDecorator, type ExecutionContext, UnauthorizedException } from '@nestjs/common';
import type { User } from './authentication.middleware.js';

/** Injects the visitor who is logged in; answers 401 when nobody is. */
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext): User => {
  const { user } = context.switchToHttp().getRequest<{ user?: User }>();
  if (!user) throw new UnauthorizedException('Nobody is logged in.');
  return user;
});
