import { userLoggedIn, userLoggedOut, userLoginFailed } from './auth-signals.js';
import { hideSecrets } from './hide-secrets.js';

/** Knows users by some kind of credentials; answers nothing where it does not. Django: an authentication backend. */
export type AuthenticationBackend<User, Credentials> = (
  credentials: Credentials,
  request: object | undefined,
) => User | null | undefined | PromiseLike<User | null | undefined>;

/** The part of a request that logging in touches; a session of `@nest-quintet/sessions` fits. */
export interface LoginRequest<User> {
  user?: User | null;
  readonly session?: { cycleKey(): Promise<unknown>; flush(): Promise<unknown> };
}

export interface AuthenticationOptions<User, Credentials> {
  /** What users are called; the sender of the signals. */
  readonly users: string;
  /** Asked one after another, until one knows the user. */
  readonly backends: readonly AuthenticationBackend<User, Credentials>[];
}

/**
 * Finds, logs in and logs out users, and sends the signals of that; how users are kept is the application's business.
 *
 * @example
 * const authentication = new Authentication({ users: 'Customer', backends: [byPassword] });
 *
 * const customer = await authentication.authenticate({ name, password }, request);
 * if (customer) await authentication.login(request, customer);
 *
 * Django: `django.contrib.auth`.
 */
export class Authentication<User extends object, Credentials extends object = Record<string, unknown>> {
  constructor(private readonly options: AuthenticationOptions<User, Credentials>) {}

  /** Returns the user that the first backend knows by the credentials; `null` where none does. */
  async authenticate(credentials: Credentials, request?: object): Promise<User | null> {
    for (const backend of this.options.backends) {
      const user = await backend(credentials, request);
      if (user) return user;
    }
    await userLoginFailed.send(this.options.users, { request, credentials: hideSecrets(credentials) });
    return null;
  }

  /** Makes a user the one of the request, under a new session key, so that nobody who knows the old one shares it. */
  async login(request: LoginRequest<User>, user: User): Promise<void> {
    await request.session?.cycleKey();
    request.user = user;
    await userLoggedIn.send(this.options.users, { request, user });
  }

  /** Ends the session of the request, and forgets its user. */
  async logout(request: LoginRequest<User>): Promise<void> {
    await userLoggedOut.send(this.options.users, { request, user: request.user ?? null });
    await request.session?.flush();
    request.user = null;
  }
}
