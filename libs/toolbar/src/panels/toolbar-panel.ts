import type { Content, Span } from '../recording/content.js';
import type { RequestRecord } from '../recording/request-record.js';

/** What a panel is given of one request. */
export interface PanelView<Kept extends object> {
  readonly record: RequestRecord;
  /** What the panel has kept, in order. */
  readonly kept: readonly Kept[];
  /** How many things there were, those that there was no room for included. */
  readonly count: number;
  /** The timeline of all panels. */
  readonly spans: readonly Span[];
}

/** What can be asked about one kept thing. Written as a method, so that a panel of any kind is a panel. */
export type PanelAction<Kept extends object> = { act(kept: Kept): Promise<readonly Content[]> }['act'];

/**
 * Shows one side of what a request did.
 *
 * @example
 * @Injectable()
 * class MailPanel extends ToolbarPanel<{ to: string }> {
 *   readonly id = 'mail';
 *   readonly title = 'Mail';
 *   override readonly channels = ['mail']; // factChannel('mail').tell({ to })
 *   summary({ count }: PanelView<{ to: string }>) {
 *     return `${count} sent`;
 *   }
 *   content({ kept }: PanelView<{ to: string }>) {
 *     return [{ kind: 'table' as const, columns: ['To'], rows: kept.map(({ to }) => [to]) }];
 *   }
 * }
 */
export abstract class ToolbarPanel<Kept extends object = object> {
  /** Stands in addresses: lower-case letters and hyphens. */
  abstract readonly id: string;
  abstract readonly title: string;
  /** The names of the fact channels that it watches. */
  readonly channels: readonly string[] = [];

  /** Makes of a fact what is kept for this request: short, with secrets masked; `undefined` keeps nothing. */
  keep(fact: object, _channel: string, _record: RequestRecord): Kept | undefined {
    return fact as Kept;
  }

  /** Says in a few words what there is to see; an empty text where there is nothing. */
  abstract summary(view: PanelView<Kept>): string;

  abstract content(view: PanelView<Kept>): readonly Content[];

  /** What it puts on the timeline. */
  spans?(kept: Kept, record: RequestRecord): readonly Span[];

  /** What can be asked about one kept thing, by name. */
  readonly actions?: Readonly<Record<string, PanelAction<Kept>>>;
}
