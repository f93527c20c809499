import type { HttpRequest, HttpResponse, Middleware, NextResponse } from '@nest-quintet/middleware';

/** The application's own: shows the session's user as `request.user`, reading the session when somebody asks. */
export class AuthMiddleware implements Middleware {
  handle(request: HttpRequest, next: NextResponse): Promise<HttpResponse> {
    const { session } = request.raw as typeof request.raw & { session: Record<string, unknown> };
    request.define('user', { configurable: true, get: () => session['user'] ?? null });
    return next();
  }
}
