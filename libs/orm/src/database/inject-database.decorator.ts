import { Inject } from '@nestjs/common';
import { Database } from './database.js';
import { defaultAlias } from './databases.js';

/** Returns the injection token of a database: the class {@link Database} for the default one. */
export function getDatabaseToken(alias: string = defaultAlias): typeof Database | string {
  return alias === defaultAlias ? Database : `quintet:database:${alias}`;
}

/** Returns the injection token of a database's Prisma client. */
export function getPrismaToken(alias: string = defaultAlias): string {
  return `quintet:prisma:${alias}`;
}

/**
 * Injects a database by its alias; the default one is injected by its type alone.
 *
 * @example
 * constructor(private readonly database: Database, @InjectDatabase('replica') private readonly replica: Database) {}
 */
export function InjectDatabase(alias?: string): ParameterDecorator & PropertyDecorator {
  return Inject(getDatabaseToken(alias));
}

/**
 * Injects the Prisma client of a database; its calls join transactions and send model signals.
 *
 * @example
 * constructor(@InjectPrisma() private readonly prisma: PrismaClient) {}
 */
export function InjectPrisma(alias?: string): ParameterDecorator & PropertyDecorator {
  return Inject(getPrismaToken(alias));
}
