import { append } from 'vary';
import type { HttpResponse } from './http-response.js';

/**
 * Adds names to the response's `Vary`, each once.
 *
 * @example
 * patchVary(response, ['Cookie']);
 *
 * Django: `patch_vary_headers`.
 */
export function patchVary(response: HttpResponse, names: readonly string[]): void {
  if (names.length === 0) return;
  response.headers.set('Vary', append(response.headers.get('Vary') ?? '', [...names]));
}
