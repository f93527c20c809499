import express, { type Request, type Response, type Router } from 'express';
import 'express-session';
import passport from 'passport';

declare module 'express-session' {
  interface SessionData {
    views: number;
    fresh: boolean;
    saved: boolean;
    list: number[];
    basket: string;
  }
}

/** Knows two users by their names; as passport's own strategies do. */
class NameStrategy extends passport.Strategy {
  override name = 'name';

  override authenticate(request: Request): void {
    const name = request.query['name'];
    if (name === 'Ann' || name === 'Bob') this.success({ name });
    else this.fail(401);
  }
}

/** An application as it is written for express-session and passport: nothing in it knows of us. */
export function expressApplication(): Router {
  const router = express.Router();
  const authenticator = new passport.Passport();
  authenticator.use(new NameStrategy());
  authenticator.serializeUser((user, done) => done(null, (user as { name: string }).name));
  authenticator.deserializeUser((name, done) => done(null, { name: name as string }));
  router.use(authenticator.session());

  router.get('/views', (request, response) => {
    request.session.views = (request.session.views ?? 0) + 1;
    response.json(request.session.views);
  });

  router.get('/session', (request, response) => {
    const { views, fresh, saved, list, basket } = request.session;
    response.json({ views, fresh, saved, list, basket, user: request.user ?? null });
  });

  router.get('/list', (request, response) => {
    request.session.list ??= [];
    request.session.list.push(request.session.list.length);
    response.json(request.session.list);
  });

  router.post('/regenerate', (request, response) => {
    const before = request.sessionID;
    request.session.regenerate((error) => {
      request.session.fresh = true;
      response.json({
        error,
        isAnother: request.sessionID !== before,
        isThis: request.sessionID === request.session.id,
      });
    });
  });

  router.post('/reload', (request, response) => {
    request.session.views = 99;
    request.session.reload((error) => response.json({ error, views: request.session.views }));
  });

  router.post('/save', (request, response) => {
    request.session.saved = true;
    request.session.save((error) => (error ? response.status(500).end() : response.redirect('/session')));
  });

  router.post('/touch', (request, response) => {
    response.json(request.session.touch() === request.session);
  });

  router.post('/max-age', (request, response) => {
    request.session.cookie.maxAge = 60_000;
    request.session.views = 0;
    response.json({
      maxAge: Math.round(request.session.cookie.maxAge / 1000),
      expires: request.session.cookie.expires instanceof Date,
    });
  });

  router.post('/destroy', (request, response) => {
    request.session.destroy((error) => response.json({ error, session: request.session === undefined }));
  });

  router.post('/unset', (request, response) => {
    request.session.views = 77;
    (request as { session: unknown }).session = null;
    response.json('unset');
  });

  router.post('/login', (request, response, next) => {
    request.session.basket = 'from before';
    const keepSessionInfo = request.query['keep'] === 'yes';
    const run = authenticator.authenticate('name', { keepSessionInfo }) as (
      request: Request,
      response: Response,
      next: (error?: unknown) => void,
    ) => void;
    run(request, response, (error) => (error ? next(error) : response.json(request.user)));
  });

  router.post('/logout', (request, response, next) => {
    request.logout((error) => (error ? next(error) : response.json(request.user ?? null)));
  });

  return router;
}
