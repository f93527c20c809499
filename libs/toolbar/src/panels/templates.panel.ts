import type { TemplateFact } from '@nest-quintet/middleware';
import type { Content, Span } from '../recording/content.js';
import type { RequestRecord } from '../recording/request-record.js';
import { counted, inMs, spanOf } from './times.js';
import { type PanelView, ToolbarPanel } from './toolbar-panel.js';

/** What is told of one part of a template that may come from a cache. */
export interface FragmentFact {
  readonly fragment: string;
  readonly isHit: boolean;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Shows which templates were rendered, with what, and which of their parts came from a cache. */
export class TemplatesPanel extends ToolbarPanel<TemplateFact | FragmentFact> {
  readonly id = 'templates';
  readonly title = 'Templates';
  override readonly channels = ['template', 'fragment'];

  override keep(fact: TemplateFact | FragmentFact): TemplateFact | FragmentFact {
    return isFragment(fact) ? fact : { ...fact, keys: fact.keys.slice(0, 200) };
  }

  summary({ kept }: PanelView<TemplateFact | FragmentFact>): string {
    const templates = kept.filter((fact) => !isFragment(fact)).length;
    return templates === 0 ? '' : counted(templates, 'template');
  }

  content({ kept }: PanelView<TemplateFact | FragmentFact>): readonly Content[] {
    if (kept.length === 0) return [{ kind: 'note', text: 'No template was rendered.' }];
    return [
      {
        kind: 'table',
        columns: ['Template', 'Context', 'Time'],
        rows: kept.flatMap((fact) =>
          isFragment(fact) ? [] : [[fact.name, fact.keys.join(', '), inMs(fact.endedAt - fact.startedAt)]],
        ),
      },
      {
        kind: 'table',
        title: 'Fragments',
        columns: ['Fragment', 'From', 'Time'],
        rows: kept
          .filter(isFragment)
          .map(({ fragment, isHit, startedAt, endedAt }) => [
            fragment,
            isHit ? 'the cache' : 'rendered',
            inMs(endedAt - startedAt),
          ]),
      },
    ];
  }

  override spans(fact: TemplateFact | FragmentFact, record: RequestRecord): readonly Span[] {
    const label = isFragment(fact) ? fact.fragment : fact.name;
    return [spanOf(record, 'template', label, fact.startedAt, fact.endedAt)];
  }
}

function isFragment(fact: TemplateFact | FragmentFact): fact is FragmentFact {
  return 'fragment' in fact;
}
