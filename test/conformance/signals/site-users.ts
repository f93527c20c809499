import type { PrismaDatabase } from '@nest-quintet/orm';
import type { SignalDispatcher } from '@nest-quintet/signals';
import { Authentication, type LoginRequest, userLoggedIn } from '@nest-quintet/signals/auth';
import { HostObject, type Keywords, Namespace, native, type Value } from '../python/index.js';
import type { PrismaClient } from './generated/prisma/client.js';
import { Instance, type Models, type Row } from './signal-models.js';

/** What the site does about its users: their passwords, and when they were last here. */
export class SiteUsers {
  readonly #authentication: Authentication<Row>;

  constructor(
    private readonly models: Models,
    dispatcher: SignalDispatcher,
  ) {
    const { user } = models.database.client as PrismaDatabase['client'] & PrismaClient;
    this.#authentication = new Authentication<Row>({
      users: 'User',
      backends: [
        ({ username, password }) =>
          user.findFirst({ where: { username: String(username), password: String(password) } }),
      ],
    });
    dispatcher.connect(userLoggedIn, ({ user: { id } }: any) =>
      user.update({ where: { id }, data: { lastLogin: new Date() } }),
    );
  }

  /** `django.contrib.auth`. */
  get auth(): Namespace {
    return new Namespace({
      models: new Namespace({ AnonymousUser: native('AnonymousUser', () => null) }),
      authenticate: native('authenticate', async ([request], credentials) => {
        const given = request instanceof SiteRequest ? request.request : undefined;
        const row = await this.#authentication.authenticate({ ...credentials }, given);
        return row && new Instance(this.models, 'User', row, false);
      }),
      login: native('login', async ([request, user]) => {
        await this.#authentication.login((request as SiteRequest).request, (user as Instance).row);
        return null;
      }),
      logout: native('logout', async ([request]) => {
        await this.#authentication.logout((request as SiteRequest).request);
        return null;
      }),
    });
  }
}

/** What `RequestFactory` makes. */
export class SiteRequest extends HostObject {
  readonly typeName = 'WSGIRequest';
  readonly request: LoginRequest<Row> = {};

  override setAttribute(name: string, value: Value): void {
    Object.assign(this.request, { [name]: value instanceof Instance ? value.row : value });
  }
}

/** A session as far as logging in has to do with it. */
export class SiteSession extends HostObject {
  readonly typeName = 'SessionStore';

  async cycleKey(): Promise<void> {}

  async flush(): Promise<void> {}
}

export const requestFactory = native(
  'RequestFactory',
  () =>
    new Namespace({
      get: native('get', (_args: readonly Value[], _keywords: Keywords) => new SiteRequest()),
    }),
);
