import type { ServerResponse } from 'node:http';
import type { CachedPage } from './cached-page.js';
import type { PageOutcome } from './page-visit.js';

/** Fastify's reply around Node's response. */
interface Reply {
  code(status: number): unknown;
  header(name: string, value: unknown): unknown;
  send(body: Buffer | undefined): unknown;
}

/** Writes a page as it was kept, past everything that would make a response of it first. */
export function writePage(
  raw: ServerResponse,
  page: CachedPage,
  outcome: PageOutcome,
  header: string | undefined,
): void {
  const { age, headers } = page;
  raw.statusCode = page.status;
  for (let at = 0; at < headers.length; at++) raw.setHeader(headers[at]![0], headers[at]![1]);
  if (age !== undefined) raw.setHeader('Age', String(age));
  if (header) raw.setHeader(header, outcome);
  raw.end(page.body);
}

/** The same to Fastify, whose hooks are to see it. */
export function replyWithPage(
  reply: Reply,
  page: CachedPage,
  outcome: PageOutcome,
  header: string | undefined,
): void {
  const { age, body } = page;
  reply.code(page.status);
  for (const [name, value] of page.headers) reply.header(name, value);
  if (age !== undefined) reply.header('Age', age);
  if (header) reply.header(header, outcome);
  reply.send(body.length === 0 ? undefined : body);
}
