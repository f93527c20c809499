import { maskUrls } from '../masking.js';
import type { Content } from '../recording/content.js';
import { shorten } from '../recording/shorten.js';
import { counted } from './times.js';
import { type PanelView, ToolbarPanel } from './toolbar-panel.js';

/** What was logged while the request was under way. */
export interface LogFact {
  readonly level: string;
  readonly context: string;
  readonly message: string;
}

/** Shows the lines that were logged for this request. */
export class LogPanel extends ToolbarPanel<LogFact> {
  readonly id = 'log';
  readonly title = 'Log';
  override readonly channels = ['log'];

  override keep({ level, context, message }: LogFact): LogFact {
    return { level, context, message: shorten(maskUrls(message), 2_000) };
  }

  summary({ count }: PanelView<LogFact>): string {
    return count === 0 ? '' : counted(count, 'line');
  }

  content({ kept }: PanelView<LogFact>): readonly Content[] {
    if (kept.length === 0) return [{ kind: 'note', text: 'Nothing was logged.' }];
    return [
      {
        kind: 'table',
        columns: ['Level', 'Context', 'Message'],
        rows: kept.map(({ level, context, message }) => [
          level === 'error' || level === 'fatal' ? { text: level, mark: 'error' } : level,
          context,
          { text: message, isCode: true },
        ]),
      },
    ];
  }
}
