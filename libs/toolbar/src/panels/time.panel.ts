import type { Content } from '../recording/content.js';
import { inMs } from './times.js';
import { type PanelView, ToolbarPanel } from './toolbar-panel.js';

/** Shows where the time of a request went, as a picture. */
export class TimePanel extends ToolbarPanel {
  readonly id = 'time';
  readonly title = 'Time';

  summary({ record }: PanelView<object>): string {
    return inMs(record.milliseconds);
  }

  content({ record, spans }: PanelView<object>): readonly Content[] {
    const totals = new Map<string, { count: number; milliseconds: number }>();
    for (const { kind, milliseconds } of spans) {
      const total = totals.get(kind) ?? { count: 0, milliseconds: 0 };
      totals.set(kind, { count: total.count + 1, milliseconds: total.milliseconds + milliseconds });
    }
    return [
      { kind: 'timeline', spans, milliseconds: record.milliseconds },
      {
        kind: 'table',
        title: 'By kind (a kind may contain another)',
        columns: ['Kind', 'Number', 'Time'],
        rows: [...totals].map(([kind, { count, milliseconds }]) => [kind, count, inMs(milliseconds)]),
      },
    ];
  }
}
