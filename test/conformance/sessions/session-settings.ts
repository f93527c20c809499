import type { SessionsModuleOptions } from '@nest-quintet/sessions';

const names: Record<string, keyof SessionsModuleOptions> = {
  SESSION_COOKIE_NAME: 'cookieName',
  SESSION_COOKIE_AGE: 'cookieAge',
  SESSION_COOKIE_DOMAIN: 'cookieDomain',
  SESSION_COOKIE_PATH: 'cookiePath',
  SESSION_COOKIE_SECURE: 'cookieSecure',
  SESSION_COOKIE_HTTPONLY: 'cookieHttpOnly',
  SESSION_COOKIE_SAMESITE: 'cookieSameSite',
  SESSION_SAVE_EVERY_REQUEST: 'saveEveryRequest',
  SESSION_EXPIRE_AT_BROWSER_CLOSE: 'expireAtBrowserClose',
};

/** Spells Django's settings our way. */
export function toOptions(settings: Readonly<Record<string, unknown>>): Partial<SessionsModuleOptions> {
  const options: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(settings)) {
    const option = names[name];
    if (option === undefined) throw new Error(`There is no setting ${name} here.`);
    // Django's null is "as by default", and its SameSite is written as in the header.
    if (value === null) continue;
    options[option] = option === 'cookieSameSite' && typeof value === 'string' ? value.toLowerCase() : value;
  }
  return options;
}
