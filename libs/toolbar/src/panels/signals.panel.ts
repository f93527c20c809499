import type { Content, Span } from '../recording/content.js';
import type { RequestRecord } from '../recording/request-record.js';
import { show } from '../recording/shorten.js';
import { counted, inMs, spanOf } from './times.js';
import { type PanelView, ToolbarPanel } from './toolbar-panel.js';

/** What a dispatcher tells of one signal that was sent. */
export interface SignalFact {
  readonly signal: string;
  readonly sender: string;
  readonly receivers: readonly { name: string; milliseconds: number; error?: unknown }[];
  /** How many receivers wait for the transaction to commit. */
  readonly waiting: number;
  readonly startedAt: number;
  readonly endedAt: number;
}

type KeptSignal = Omit<SignalFact, 'receivers'> & {
  receivers: readonly { name: string; milliseconds: number; error: string | undefined }[];
};

/** Shows each signal that was sent, and its receivers in order. */
export class SignalsPanel extends ToolbarPanel<KeptSignal> {
  readonly id = 'signals';
  readonly title = 'Signals';
  override readonly channels = ['signal'];

  override keep(fact: SignalFact): KeptSignal {
    const receivers = fact.receivers.slice(0, 100).map(({ name, milliseconds, error }) => ({
      name,
      milliseconds,
      error: error === undefined ? undefined : show(error),
    }));
    return { ...fact, receivers };
  }

  summary({ count, kept }: PanelView<KeptSignal>): string {
    if (count === 0) return '';
    const failed = kept.flatMap(({ receivers }) => receivers).filter(({ error }) => error !== undefined);
    return `${counted(count, 'signal')}${failed.length === 0 ? '' : `, ${failed.length} failed`}`;
  }

  content({ kept }: PanelView<KeptSignal>): readonly Content[] {
    if (kept.length === 0) return [{ kind: 'note', text: 'No signal was sent.' }];
    return [
      {
        kind: 'table',
        columns: ['Signal', 'Sender', 'Receivers, in order', 'Error', 'Waits for commit', 'Time'],
        rows: kept.map(({ signal, sender, receivers, waiting, startedAt, endedAt }) => {
          const errors = receivers.flatMap(({ error }) => error ?? []).join('\n');
          return [
            signal,
            sender,
            receivers.map(({ name, milliseconds }) => `${name} ${inMs(milliseconds)}`).join('\n'),
            errors === '' ? '' : { text: errors, mark: 'error' },
            waiting === 0 ? '' : waiting,
            inMs(endedAt - startedAt),
          ];
        }),
      },
    ];
  }

  override spans(fact: KeptSignal, record: RequestRecord): readonly Span[] {
    return [spanOf(record, 'signal', `${fact.signal}.${fact.sender}`, fact.startedAt, fact.endedAt)];
  }
}
