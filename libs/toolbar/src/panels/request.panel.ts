import type { Content, Span } from '../recording/content.js';
import type { RequestRecord } from '../recording/request-record.js';
import { spanOf } from './times.js';
import { type PanelView, ToolbarPanel } from './toolbar-panel.js';

/** What the toolbar's own interceptor tells of the route. */
export interface HandlerFact {
  readonly controller: string;
  readonly handler: string;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Shows what came and what went back: headers, cookies, route and handler. */
export class RequestPanel extends ToolbarPanel<HandlerFact> {
  readonly id = 'request';
  readonly title = 'Request';
  override readonly channels = ['handler'];

  summary({ record }: PanelView<HandlerFact>): string {
    return `${record.end?.status ?? ''}`;
  }

  content({ record, kept: [handler] }: PanelView<HandlerFact>): readonly Content[] {
    const { method, url, client, headers } = record.start;
    return [
      {
        kind: 'facts',
        facts: [
          ['Request', `${method} ${url}`],
          ['From', client],
          ['At', record.at.toISOString()],
          ['Handler', handler === undefined ? 'none: answered before a route' : nameOf(handler)],
          ['Status', record.end?.status ?? 'under way'],
          ['Bytes', record.end?.bytes ?? 'a stream'],
        ],
      },
      { kind: 'table', title: 'Request headers', columns: ['Name', 'Value'], rows: headers },
      {
        kind: 'table',
        title: 'Response headers',
        columns: ['Name', 'Value'],
        rows: record.end?.headers ?? [],
      },
    ];
  }

  override spans(fact: HandlerFact, record: RequestRecord): readonly Span[] {
    return [spanOf(record, 'handler', nameOf(fact), fact.startedAt, fact.endedAt)];
  }
}

function nameOf({ controller, handler }: HandlerFact): string {
  return `${controller}.${handler}()`;
}
