import { randomBytes } from 'node:crypto';
import { contextKey, factChannel, requestContext } from '@nest-quintet/core';
import type { HttpRequest } from '@nest-quintet/middleware';
import { maskQuery } from '../masking.js';
import type { PanelView, ToolbarPanel } from '../panels/toolbar-panel.js';
import type { Content, Span } from './content.js';
import { headersOf } from './headers-of.js';
import { RequestRecord } from './request-record.js';
import type { RecordStore } from './record-store.js';
import { shorten } from './shorten.js';

const currentRecord = contextKey<RequestRecord>('toolbar.record', { isPassive: true });

/** Has every fact that is told while a request is under way kept with it, by the panels that want it. */
export class Recorder {
  readonly #watching: Disposable[] = [];

  /**
   * @param maxBytes How much one request may hold.
   * @param report Is told of panels that fail; the request goes on.
   */
  constructor(
    readonly panels: readonly ToolbarPanel[],
    readonly store: RecordStore,
    private readonly maxBytes: number,
    private readonly report: (error: unknown, panel: ToolbarPanel) => void,
  ) {}

  /** Begins to listen to what the libraries tell. */
  watch(): void {
    for (const name of new Set(this.panels.flatMap(({ channels }) => channels))) {
      const watchers = this.panels.filter(({ channels }) => channels.includes(name));
      this.#watching.push(
        factChannel(name).watch((fact) => {
          const record = requestContext.get(currentRecord);
          if (record !== undefined) for (const panel of watchers) this.#keep(panel, fact, name, record);
        }),
      );
    }
  }

  /** Stops to listen. */
  close(): void {
    for (const watching of this.#watching.splice(0)) watching[Symbol.dispose]();
  }

  /** Opens the record of a request. */
  begin(request: HttpRequest, client: string): RequestRecord {
    const record = new RequestRecord(
      {
        id: randomBytes(8).toString('hex'),
        method: request.method,
        url: shorten(maskQuery(request.url), 2_000),
        path: shorten(request.path, 2_000),
        client,
        headers: headersOf(Object.entries(request.raw.headers)),
      },
      this.maxBytes,
    );
    request.context.set(currentRecord, record);
    return record;
  }

  panel(id: string): ToolbarPanel | undefined {
    return this.panels.find((panel) => panel.id === id);
  }

  /** What a panel says in a few words; a panel that fails says so. */
  summary(panel: ToolbarPanel, record: RequestRecord): string {
    return this.#guarded(panel, 'failed', () => panel.summary(this.#view(panel, record)));
  }

  content(panel: ToolbarPanel, record: RequestRecord): readonly Content[] {
    const failed: Content[] = [
      { kind: 'note', isWarning: true, text: 'This panel has failed: see the log.' },
    ];
    return this.#guarded(panel, failed, () => {
      const view = this.#view(panel, record);
      const missing = view.count - view.kept.length;
      const note: Content[] =
        missing > 0
          ? [{ kind: 'note', isWarning: true, text: `${missing} more were not kept: there was no room.` }]
          : [];
      return [...note, ...panel.content(view)];
    });
  }

  #view(panel: ToolbarPanel, record: RequestRecord): PanelView<object> {
    const spans = (): readonly Span[] => this.spans(record);
    return {
      record,
      kept: record.kept(panel.id),
      count: record.count(panel.id),
      get spans() {
        return spans();
      },
    };
  }

  /** What every panel puts on the timeline, in order. */
  spans(record: RequestRecord): readonly Span[] {
    return this.panels
      .flatMap((panel) =>
        this.#guarded(panel, [] as Span[], () =>
          record.kept(panel.id).flatMap((kept) => panel.spans?.(kept, record) ?? []),
        ),
      )
      .sort((left, right) => left.startedAt - right.startedAt);
  }

  #keep(panel: ToolbarPanel, fact: object, channel: string, record: RequestRecord): void {
    this.#guarded(panel, undefined, () => {
      const kept = panel.keep(fact, channel, record);
      if (kept !== undefined) record.keep(panel.id, kept);
    });
  }

  #guarded<T>(panel: ToolbarPanel, otherwise: T, fn: () => T): T {
    try {
      return fn();
    } catch (error) {
      this.report(error, panel);
      return otherwise;
    }
  }
}
