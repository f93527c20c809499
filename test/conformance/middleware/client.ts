import { type IncomingHttpHeaders, request as httpRequest } from 'node:http';
import type { RequestSpec } from './middleware-case.js';
import { SCHEME_HEADER } from './settings.js';
import { tokenOf } from './tokens.js';

export interface RawResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A browser that keeps its cookies and checks nothing: it sends whatever a case wants sent. */
export class Browser {
  readonly #cookies = new Map<string, string>();

  constructor(private readonly port: number) {}

  async send(spec: RequestSpec, csrfCookieName: string): Promise<RawResponse> {
    for (const [name, value] of Object.entries(spec.cookies ?? {})) this.#cookies.set(name, value);
    if (spec.csrf_cookie !== undefined) this.#cookies.set(csrfCookieName, tokenOf(spec.csrf_cookie));
    const form = new URLSearchParams(spec.data);
    if (spec.form_token !== undefined) form.set('csrfmiddlewaretoken', tokenOf(spec.form_token));
    const body = spec.method === undefined || ['GET', 'HEAD'].includes(spec.method) ? '' : form.toString();
    const response = await exchange(this.port, spec, this.#headers(spec, body), body);
    this.#keep(response.headers['set-cookie'] ?? []);
    return response;
  }

  #headers(spec: RequestSpec, body: string): Record<string, string> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return {
      Host: spec.host ?? 'testserver',
      ...(cookie === '' ? {} : { Cookie: cookie }),
      ...(body === ''
        ? {}
        : {
            'Content-Type': 'application/x-www-form-urlencoded',
            'Content-Length': String(Buffer.byteLength(body)),
          }),
      ...(spec.secure === true ? { [SCHEME_HEADER]: 'https' } : {}),
      ...(spec.header_token === undefined ? {} : { 'X-CSRFToken': tokenOf(spec.header_token) }),
      ...spec.headers,
    };
  }

  #keep(lines: readonly string[]): void {
    for (const line of lines) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/; max-age=0/i.test(line)) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
  }
}

function exchange(
  port: number,
  spec: RequestSpec,
  headers: Record<string, string>,
  body: string,
): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: '127.0.0.1',
        port,
        method: spec.method ?? 'GET',
        path: spec.raw_path ?? spec.path,
        headers,
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode!,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}
