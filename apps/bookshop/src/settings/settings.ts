import { ImproperlyConfiguredError } from '@nest-quintet/core';

/** All that the environment can change about the shop. */
export interface Settings {
  port: number;
  /** Where PostgreSQL is; without it the shop runs on PGlite in `dataFolder`. */
  databaseUrl?: string;
  /** Where Redis is; without it caches live in this process and sessions in the database. */
  redisUrl?: string;
  dataFolder: string;
  /** Secrets that sign cookies: the current one first, then retired ones. */
  secretKeys: string[];
  /** Whether to keep what each request asks of the database, and to warn of N+1. */
  isDevelopment: boolean;
}

type Environment = Record<string, string | undefined>;

/**
 * Reads the settings from environment variables; an empty one counts as unset.
 *
 * @throws ImproperlyConfiguredError naming the variable and what it may be.
 */
export function readSettings(environment: Environment): Settings {
  return {
    port: readPort(environment.PORT),
    databaseUrl: readUrl('DATABASE_URL', environment.DATABASE_URL, ['postgresql', 'postgres']),
    redisUrl: readUrl('REDIS_URL', environment.REDIS_URL, ['redis', 'rediss']),
    dataFolder: environment.DATA_FOLDER || '.data',
    secretKeys: readSecrets(environment),
    isDevelopment: environment.NODE_ENV !== 'production',
  };
}

function readPort(text = ''): number {
  const port = text === '' ? 3000 : Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new ImproperlyConfiguredError(`PORT: "${text}" is no port. Give a number from 1 to 65535.`);
  }
  return port;
}

function readUrl(name: string, text = '', schemes: [string, ...string[]]): string | undefined {
  if (text === '') return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !schemes.includes(url.protocol.slice(0, -1)) || url.hostname === '') {
    // The text may hold a password: the message shows the form, never the value.
    throw new ImproperlyConfiguredError(
      `${name} is no ${schemes[0]} address. Give one of the form ${schemes[0]}://user:password@host:port/name, or unset it to use the embedded engine.`,
    );
  }
  return text;
}

function readSecrets({ SECRET_KEYS, NODE_ENV }: Environment): string[] {
  const secrets = (SECRET_KEYS ?? '').split(',').filter(Boolean);
  if (secrets.length > 0) return secrets;
  if (NODE_ENV === 'production') {
    throw new ImproperlyConfiguredError(
      'SECRET_KEYS is not set. In production give at least one long random text; separate several by commas, the current one first.',
    );
  }
  return ['only for development: production refuses to start with it'];
}
