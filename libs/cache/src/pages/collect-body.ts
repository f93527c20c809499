import { Transform, type Readable } from 'node:stream';
import type { HttpResponse } from '@nest-quintet/middleware';

/** Has a streamed body's bytes told when all of it has passed; one that has more than `maxBytes` is not collected. */
export function collectBody(
  response: HttpResponse,
  maxBytes: number,
  complete: (bytes: Buffer) => Promise<unknown>,
): void {
  if (Number(response.headers.get('Content-Length') ?? 0) > maxBytes) return;
  const stream = response.body as Readable;
  let chunks: Buffer[] | undefined = [];
  let size = 0;
  const collector = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size > maxBytes) chunks = undefined;
      // The bytes may belong to somebody who writes into them again.
      chunks?.push(Buffer.from(chunk));
      done(null, chunk);
    },
    flush(done) {
      // A store that fails makes no page, and breaks none.
      if (chunks) void complete(Buffer.concat(chunks, size)).catch(() => undefined);
      done();
    },
  });
  stream.once('error', (error) => collector.destroy(error));
  collector.once('close', () => stream.destroy());
  const { headers } = response;
  const kept = ['Content-Length', 'ETag'].map((name) => [name, headers.get(name)] as const);
  response.body = stream.pipe(collector);
  for (const [name, value] of kept) if (value !== undefined) headers.set(name, value);
}
