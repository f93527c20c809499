import { isSecretName, MASK, maskSecrets } from '../masking.js';
import type { Content } from '../recording/content.js';
import { show } from '../recording/shorten.js';
import { type PanelView, ToolbarPanel } from './toolbar-panel.js';

/** What a session tells when its request is over. */
export interface SessionFact {
  readonly engine: string;
  readonly isNew: boolean;
  readonly accessed: boolean;
  readonly modified: boolean;
  readonly saved: boolean;
  readonly data: Readonly<Record<string, unknown>>;
}

type KeptSession = Omit<SessionFact, 'data'> & { data: readonly (readonly [string, string])[] };

/** Shows whether the session was read, written and saved, and where. */
export class SessionPanel extends ToolbarPanel<KeptSession> {
  readonly id = 'session';
  readonly title = 'Session';
  override readonly channels = ['session'];

  override keep({ data, ...fact }: SessionFact): KeptSession {
    const entries = Object.entries(data).slice(0, 200);
    return {
      ...fact,
      data: entries.map(
        ([key, value]) => [key, isSecretName(key) ? MASK : show(maskSecrets(value))] as const,
      ),
    };
  }

  summary({ kept: [session] }: PanelView<KeptSession>): string {
    if (session === undefined) return '';
    if (session.saved) return 'saved';
    return session.modified ? 'written' : session.accessed ? 'read' : 'untouched';
  }

  content({ kept: [session] }: PanelView<KeptSession>): readonly Content[] {
    if (session === undefined) return [{ kind: 'note', text: 'The request has no session.' }];
    const say = (is: boolean): string => (is ? 'yes' : 'no');
    return [
      {
        kind: 'facts',
        facts: [
          ['Engine', session.engine],
          ['New', say(session.isNew)],
          ['Read', say(session.accessed)],
          ['Written', say(session.modified)],
          ['Saved', say(session.saved)],
        ],
      },
      { kind: 'table', title: 'Data', columns: ['Key', 'Value'], rows: session.data },
    ];
  }
}
