import { readFile } from 'node:fs/promises';
import { type HttpRequest, HttpResponse } from '@nest-quintet/middleware';
import type { Recorder } from '../recording/recorder.js';
import type { RequestRecord } from '../recording/request-record.js';
import { matches, type RecordFilter, summarize } from './record-json.js';

const CLIENT = new URL('../../client/', import.meta.url);
const SCRIPTS = new Set(['element.js', 'page.js', 'render.js', 'styles.js', 'timeline.js', 'toolbar.js']);
const NOTHING_ELSEWHERE =
  "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Answers what is asked under the toolbar's own path. */
export class DebugPages {
  constructor(
    readonly path: string,
    private readonly recorder: Recorder,
  ) {}

  /** Says whether a request is for these pages. */
  owns(path: string): boolean {
    return path === this.path || path.startsWith(`${this.path}/`);
  }

  async answer(request: HttpRequest): Promise<HttpResponse> {
    const parts = request.path.slice(this.path.length).split('/').slice(1);
    const response = await this.#answer(request, parts.map(decoded));
    response.headers.set('Cache-Control', 'no-store');
    response.headers.set('X-Content-Type-Options', 'nosniff');
    response.headers.set('Content-Security-Policy', NOTHING_ELSEWHERE);
    response.headers.set('Cross-Origin-Resource-Policy', 'same-origin');
    return response;
  }

  async #answer(request: HttpRequest, parts: readonly string[]): Promise<HttpResponse> {
    const [first, ...rest] = parts;
    if (first === undefined) return HttpResponse.redirect(`${this.path}/`);
    if (first === '') return HttpResponse.html(this.#page());
    if (first === 'client') return this.#script(rest[0]);
    if (first === 'api') return this.#api(request, rest);
    return notFound();
  }

  async #script(name = ''): Promise<HttpResponse> {
    if (!SCRIPTS.has(name)) return notFound();
    const headers = { 'Content-Type': 'text/javascript; charset=utf-8' };
    return HttpResponse.bytes(await readFile(new URL(name, CLIENT)), { headers });
  }

  async #api(request: HttpRequest, [collection, id, part, panelId, action, index]: readonly string[]) {
    if (collection === undefined || collection === '') return HttpResponse.json(this.#list({}));
    if (collection !== 'requests') return notFound();
    if (id === undefined || id === '') return HttpResponse.json(this.#list(filterOf(request.query)));
    const record = this.recorder.store.get(id);
    if (record === undefined) return notFound('This request is no longer kept.');
    if (part === undefined) return HttpResponse.json(summarize(this.recorder, record));
    const panel = part === 'panels' ? this.recorder.panel(panelId ?? '') : undefined;
    if (panel === undefined) return notFound();
    if (action !== undefined) return this.#act(request, record, panel.id, action, Number(index));
    return HttpResponse.json({ title: panel.title, content: this.recorder.content(panel, record) });
  }

  /** Does what is asked about one thing that this very record keeps, for the page that shows it alone. */
  async #act(
    request: HttpRequest,
    record: RequestRecord,
    panelId: string,
    name: string,
    index: number,
  ): Promise<HttpResponse> {
    if (request.method !== 'POST') return HttpResponse.text('Method Not Allowed', { status: 405 });
    if (request.header('sec-fetch-site') !== 'same-origin' && request.header('x-quintet-toolbar') !== '1')
      return HttpResponse.text('Forbidden', { status: 403 });
    const panel = this.recorder.panel(panelId)!;
    const act = Object.hasOwn(panel.actions ?? {}, name) ? panel.actions![name] : undefined;
    const kept = record.kept(panelId)[index];
    if (act === undefined || kept === undefined) return notFound();
    try {
      return HttpResponse.json({ content: await act(kept) });
    } catch (error) {
      return HttpResponse.json({ content: [{ kind: 'note', isWarning: true, text: String(error) }] });
    }
  }

  #list(filter: RecordFilter) {
    return this.recorder.store.newestFirst
      .filter((record) => matches(record, filter))
      .map((record) => summarize(this.recorder, record));
  }

  #page(): string {
    return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Requests</title>
</head>
<body>
<quintet-requests></quintet-requests>
<script type="module" src="${this.path}/client/page.js"></script>
</body>
</html>
`;
  }
}

function filterOf(query: URLSearchParams): RecordFilter {
  const text = (name: string): string | undefined => query.get(name) || undefined;
  const number = (name: string): number | undefined => {
    const value = Number(text(name));
    return Number.isFinite(value) ? value : undefined;
  };
  return {
    path: text('path'),
    status: text('status'),
    minMs: number('minMs'),
    minQueries: number('minQueries'),
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function notFound(text = 'Not Found'): HttpResponse {
  return HttpResponse.text(text, { status: 404 });
}
