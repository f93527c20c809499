import { Signal } from '../signal.js';

export interface UserLoggedPayload<User = unknown> {
  readonly request: object;
  readonly user: User;
}

export interface UserLoginFailedPayload {
  readonly request: object | undefined;
  /** What was given, with secrets made unreadable. */
  readonly credentials: Readonly<Record<string, unknown>>;
}

/** Sent after a user has logged in; the sender is what the {@link Authentication} calls its users. Django: `user_logged_in`. */
export const userLoggedIn = new Signal<UserLoggedPayload>('userLoggedIn');

/** Sent before a session ends; the user is `null` where nobody was logged in. Django: `user_logged_out`. */
export const userLoggedOut = new Signal<UserLoggedPayload>('userLoggedOut');

/** Sent when no backend knows a user by some credentials. Django: `user_login_failed`. */
export const userLoginFailed = new Signal<UserLoginFailedPayload>('userLoginFailed');
