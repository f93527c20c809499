import type { INestApplicationContext } from '@nestjs/common';
import { applications } from './applications.js';
import { processDispatcher } from './current-dispatcher.js';
import { SignalDispatcher } from './dispatcher.js';
import type { SignalEvent } from './event.js';
import type { Signal } from './signal.js';

/** The events that were sent, in order; dispose of it to stop. */
export type SignalCapture = SignalEvent[] & Disposable;

/**
 * Silences signals of an application: nothing of them is sent until the returned handle is disposed of.
 *
 * @example
 * const muted = muteSignals(app, postSave, postDelete);
 * await loadFixtures();
 * muted[Symbol.dispose]();
 */
export function muteSignals(app: INestApplicationContext, ...signals: Signal<any, any>[]): Disposable {
  const dispatcher = app.get(SignalDispatcher);
  const muted = signals.map((signal) => dispatcher.mute(signal));
  return { [Symbol.dispose]: () => muted.forEach((one) => one[Symbol.dispose]()) };
}

/**
 * Collects every signal that an application sends, or only the given ones, receivers or not.
 *
 * @example
 * const events = captureSignals(app, postSave);
 * await orders.place(cart);
 * expect(events.map(({ sender }) => sender)).toEqual(['Order', 'OrderItem']);
 */
export function captureSignals(app: INestApplicationContext, ...signals: Signal<any, any>[]): SignalCapture {
  const events: SignalEvent[] = [];
  const observing = app.get(SignalDispatcher).observe((event) => {
    if (signals.length === 0 || signals.includes(event.signal)) events.push(event);
  });
  Object.defineProperty(events, Symbol.dispose, { value: () => observing[Symbol.dispose]() });
  return events as SignalCapture;
}

/** Disconnects every receiver of an application, or, without one, of the whole process. */
export function disconnectAll(app?: INestApplicationContext): void {
  const dispatchers =
    app === undefined ? [...applications.running, processDispatcher] : [app.get(SignalDispatcher)];
  for (const dispatcher of dispatchers) dispatcher.disconnectAll();
}
