import { Injectable } from '@nestjs/common';
import { type HttpRequest, HttpResponse, type Middleware, type NextResponse } from '@nest-quintet/middleware';
import { type Access, hasLocalName } from '../access.js';
import type { DebugPages } from '../pages/debug-pages.js';
import { injectBar, takesBar } from '../pages/inject-bar.js';
import { headersOf } from '../recording/headers-of.js';
import type { Recorder } from '../recording/recorder.js';
import type { RequestRecord } from '../recording/request-record.js';
import { serverTiming } from '../recording/server-timing.js';

/** What the middleware works with; made by the module from its options. */
export abstract class ToolbarParts {
  abstract readonly access: Access;
  abstract readonly hosts: ReadonlySet<string>;
  abstract readonly pages: DebugPages;
  abstract readonly recorder: Recorder;
}

/** Records each request, answers the toolbar's own pages, and puts the bar into HTML for those who may see it. */
@Injectable()
export class ToolbarMiddleware implements Middleware {
  constructor(private readonly parts: ToolbarParts) {}

  async handle(request: HttpRequest, next: NextResponse): Promise<HttpResponse> {
    const { access, pages, recorder } = this.parts;
    const isAllowed = access.isAllowed(request) && this.#hasOwnName(request);
    if (pages.owns(request.path)) return isAllowed ? pages.answer(request) : next();
    const isPage = isAllowed && isNavigation(request);
    // A compressed page takes no bar, and a caching middleware further in must keep the page without one.
    if (isPage) delete request.raw.headers['accept-encoding'];
    const record = recorder.begin(request, access.clientOf(request));
    const response = await next();
    record.finish({
      status: response.status,
      headers: headersOf(response.headers),
      bytes: response.isStreaming ? undefined : (response.body as { length: number } | null)?.length,
    });
    recorder.store.add(record);
    if (isAllowed) this.#show(response, record, isPage);
    return response;
  }

  #show(response: HttpResponse, record: RequestRecord, isPage: boolean): void {
    const { pages, recorder } = this.parts;
    response.headers.set('X-Debug-Id', record.id);
    response.headers.append('Server-Timing', serverTiming(recorder.spans(record), record.milliseconds));
    if (!isPage || !takesBar(response)) return;
    const panels = recorder.panels.map((panel) => ({
      id: panel.id,
      title: panel.title,
      summary: recorder.summary(panel, record),
    }));
    injectBar(response, { path: pages.path, id: record.id, panels });
  }

  #hasOwnName(request: HttpRequest): boolean {
    return hasLocalName(request) || this.parts.hosts.has(request.host.toLowerCase().replace(/:\d+$/, ''));
  }
}

/** Says whether a browser asks for a page to show, not a script for data. */
function isNavigation(request: HttpRequest): boolean {
  const mode = request.header('sec-fetch-dest');
  if (mode !== undefined) return mode === 'document' || mode === 'iframe';
  return request.header('accept')?.includes('text/html') === true;
}
