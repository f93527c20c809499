import { Signal } from '@nest-quintet/signals';
import type { HttpRequest } from '../http/http-request.js';

/** Is sent before the first middleware sees a request. Django: `request_started`. */
export const requestStarted = new Signal<{ request: HttpRequest }>('requestStarted');

/** Is sent when the last byte of the response has left, or its client has gone. Django: `request_finished`. */
export const requestFinished = new Signal<{ request: HttpRequest }>('requestFinished');

/**
 * Is sent when an error that nobody expected became a response of status 500 or above.
 *
 * Django: `got_request_exception`.
 */
export const gotRequestException = new Signal<{ request: HttpRequest; error: unknown }>(
  'gotRequestException',
);
