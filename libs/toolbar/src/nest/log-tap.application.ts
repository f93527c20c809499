import { Logger, type LoggerService } from '@nestjs/common';
import { factChannel } from '@nest-quintet/core';
import type { LogFact } from '../panels/log.panel.js';
import { show } from '../recording/shorten.js';

const logFacts = factChannel<LogFact>('log');
const LEVELS = ['log', 'error', 'warn', 'debug', 'verbose', 'fatal'] as const;

const taps = new WeakSet<LoggerService>();

/**
 * Tells every line that goes through Nest's logger as well, until it is disposed of.
 *
 * Nest has one logger for the process, so that there is one tap, also where several applications run in it.
 */
export function tapLogger(): Disposable {
  // Nest can replace its logger and has no public way to ask for it.
  const nest = Logger as unknown as { staticInstanceRef?: LoggerService };
  const target = nest.staticInstanceRef;
  if (target !== undefined && taps.has(target)) return { [Symbol.dispose]: () => undefined };
  const tap = Object.create(target ?? null) as LoggerService;
  for (const level of LEVELS) {
    tap[level] = (message: unknown, ...rest: unknown[]) => {
      if (logFacts.isWatched) logFacts.tell(factOf(level, message, rest));
      return target?.[level]?.call(target, message, ...rest) as unknown;
    };
  }
  taps.add(tap);
  Logger.overrideLogger(tap);
  return {
    [Symbol.dispose]: () => {
      if (nest.staticInstanceRef === tap) Logger.overrideLogger(target ?? false);
    },
  };
}

/** The last argument is the context, where there is one. */
function factOf(level: string, message: unknown, rest: readonly unknown[]): LogFact {
  const context = rest.at(-1);
  return { level, context: typeof context === 'string' ? context : '', message: show(message, 2_000) };
}
