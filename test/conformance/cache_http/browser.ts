import { type IncomingHttpHeaders, request as httpRequest } from 'node:http';
import type { HttpRequestSpec } from './http-case.js';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A browser that keeps its cookies, behind a proxy that ends TLS. */
export class Browser {
  readonly #cookies = new Map<string, string>();

  constructor(private readonly port: number) {}

  async send({
    method = 'GET',
    path,
    headers,
    cookies,
    host = 'testserver',
    secure,
  }: HttpRequestSpec): Promise<Answer> {
    for (const [name, value] of Object.entries(cookies ?? {})) this.#cookies.set(name, value);
    const cookie = [...this.#cookies].map((pair) => pair.join('=')).join('; ');
    const answer = await exchange(this.port, method, path, {
      Host: host,
      'X-Forwarded-Proto': secure ? 'https' : 'http',
      ...(cookie === '' ? {} : { Cookie: cookie }),
      ...headers,
    });
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.#cookies.set(name, value);
    }
    return answer;
  }
}

function exchange(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port, method, path, headers, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) }),
        );
      },
    );
    request.on('error', reject);
    request.end();
  });
}
