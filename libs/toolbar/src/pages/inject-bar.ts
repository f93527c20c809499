import type { HttpResponse } from '@nest-quintet/middleware';

/** Longer pages are left alone: the bar is for pages that somebody looks at. */
const MAX_LENGTH = 4 * 1024 * 1024;

/** What the bar is told in the page itself; the panels are loaded when they are opened. */
export interface BarState {
  readonly path: string;
  readonly id: string;
  readonly panels: readonly { id: string; title: string; summary: string }[];
}

/** Says whether a bar can be put into a response: a whole HTML page that is not compressed. */
export function takesBar(response: HttpResponse): boolean {
  const { headers } = response;
  if (response.isStreaming || headers.has('Content-Encoding')) return false;
  if (!/^text\/html\b/i.test(headers.get('Content-Type') ?? '')) return false;
  return response.body !== null && (response.body as { length: number }).length <= MAX_LENGTH;
}

/** Puts the bar before the end of the page's body, with the nonce that the page's policy asks for. */
export function injectBar(response: HttpResponse, state: BarState): void {
  const html = response.text;
  const end = html.toLowerCase().lastIndexOf('</body>');
  if (end < 0) return;
  const nonce = nonceOf(response.headers.get('Content-Security-Policy') ?? '');
  const attribute = nonce === undefined ? '' : ` nonce="${escaped(nonce)}"`;
  const bar =
    `<quintet-toolbar data-state="${escaped(JSON.stringify(state))}"></quintet-toolbar>` +
    `<script type="module" src="${escaped(state.path)}/client/toolbar.js"${attribute}></script>`;
  response.body = html.slice(0, end) + bar + html.slice(end);
  // A page that the browser kept would come back with the bar of another request.
  response.headers.set('Cache-Control', 'no-store');
}

function nonceOf(policy: string): string | undefined {
  return /(?:script-src(?:-elem)?|default-src)[^;]*'nonce-([^']+)'/.exec(policy)?.[1];
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
