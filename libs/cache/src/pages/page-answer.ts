import { answerConditionally, type HttpRequest, type HttpResponse } from '@nest-quintet/middleware';
import type { CachedPage } from './cached-page.js';
import type { PageRequest } from './page-request.js';
import type { PageOutcome } from './page-visit.js';

/** Makes a response of a kept page: 304 for a client that has it already. */
export function pageAnswer(
  page: CachedPage,
  request: PageRequest,
  outcome: PageOutcome,
  header: string | undefined,
): HttpResponse {
  const whole = page.toResponse();
  const response = (isConditional(request) && notModified(page, request, whole)) || whole;
  const { age } = page;
  if (age !== undefined && response === whole) response.headers.set('Age', age);
  if (header) response.headers.set(header, outcome);
  return response;
}

/** Says whether a client asks for the page only if it is another one than it has. */
export function isConditional({ headers }: PageRequest): boolean {
  return headers['if-none-match'] !== undefined || headers['if-modified-since'] !== undefined;
}

function notModified(page: CachedPage, request: PageRequest, whole: HttpResponse): HttpResponse | undefined {
  const { method, headers } = request;
  const asked = { method, header: (name: string) => headers[name] } as unknown as HttpRequest;
  const answer = answerConditionally(asked, page.facts, whole);
  return answer?.status === 304 ? answer : undefined;
}
