import type { LayerFact } from '@nest-quintet/middleware';
import type { Content, Span } from '../recording/content.js';
import type { RequestRecord } from '../recording/request-record.js';
import { counted, inMs, spanOf } from './times.js';
import { type PanelView, ToolbarPanel } from './toolbar-panel.js';

/** Shows the list as this request passed it, and who answered. */
export class MiddlewarePanel extends ToolbarPanel<LayerFact> {
  readonly id = 'middleware';
  readonly title = 'Middleware';
  override readonly channels = ['middleware'];

  summary({ count, kept }: PanelView<LayerFact>): string {
    const answering = answeredBy(kept);
    return answering === undefined ? counted(count, 'layer') : `answered by ${answering}`;
  }

  content({ kept }: PanelView<LayerFact>): readonly Content[] {
    const order = [...kept].sort((left, right) => left.startedAt - right.startedAt);
    const answering = answeredBy(kept);
    return [
      {
        kind: 'note',
        text:
          answering === undefined
            ? 'Outermost first. All of them passed the request on to the route.'
            : `Outermost first. ${answering} answered; what stands further in did not see the request.`,
      },
      {
        kind: 'table',
        columns: ['Middleware', 'On the way in', 'On the way out', 'Status it returned'],
        rows: order.map(({ name, startedAt, endedAt, innerFrom, innerUntil, status }) => [
          name,
          inMs((innerFrom ?? endedAt) - startedAt),
          innerUntil === undefined ? 'answered itself' : inMs(endedAt - innerUntil),
          status,
        ]),
      },
    ];
  }

  override spans(fact: LayerFact, record: RequestRecord): readonly Span[] {
    return [spanOf(record, 'middleware', fact.name, fact.startedAt, fact.endedAt)];
  }
}

function answeredBy(kept: readonly LayerFact[]): string | undefined {
  return kept.find(({ innerFrom }) => innerFrom === undefined)?.name;
}
