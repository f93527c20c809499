import 'reflect-metadata';
import { QuintetError } from '@nest-quintet/core';
import { Logger } from '@nestjs/common';
import { startBookshop } from './bookshop.js';
import { readSettings } from './settings/settings.js';

try {
  const shop = await startBookshop(readSettings(process.env));
  new Logger('Bookshop').log(`Open ${shop.address}`);
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
  process.stderr.write(`${error instanceof QuintetError ? error.message : errorText(error)}\n`);
  process.exit(1);
}

function errorText(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
