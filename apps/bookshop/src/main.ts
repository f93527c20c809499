import 'reflect-metadata';
import { QuintetError } from '@nest-quintet/core';
import { Logger } from '@nestjs/common';
import { readSettings } from './settings/settings.js';

try {
  // Imported here, so that a package that is not installed is told like everything else that keeps the shop from starting.
  const { startBookshop } = await import('./bookshop.js');
  const shop = await startBookshop(readSettings(process.env));
  const logger = new Logger('Bookshop');
  logger.log(`Open ${shop.address}`);
  if (shop.toolbar !== undefined) logger.log(`Look behind the pages at ${shop.toolbar}`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      // Whatever a library left running does not keep a process alive whose work is done.
      void shop.close().then(() => process.exit(0), fail);
    });
  }
} catch (error) {
  fail(error);
}

/** Ends the process: with one sentence for what the user can mend, with the stack for what we must. */
function fail(error: unknown): void {
  process.stderr.write(`${sentence(error) ?? stack(error)}\n`);
  process.exit(1);
}

function sentence(error: unknown): string | undefined {
  if (error instanceof QuintetError) return error.message;
  const { code, message } = error as NodeJS.ErrnoException;
  const name = code === 'ERR_MODULE_NOT_FOUND' ? /package '([^']+)'/.exec(message)?.[1] : undefined;
  return name && `The package "${name}" is not installed. Add it with: npm install ${name}`;
}

function stack(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
