import { CachePanel } from './cache.panel.js';
import { LogPanel } from './log.panel.js';
import { MiddlewarePanel } from './middleware.panel.js';
import { RequestPanel } from './request.panel.js';
import { SessionPanel } from './session.panel.js';
import { SignalsPanel } from './signals.panel.js';
import { SqlPanel } from './sql.panel.js';
import { TemplatesPanel } from './templates.panel.js';
import { TimePanel } from './time.panel.js';
import type { ToolbarPanel } from './toolbar-panel.js';
import { VersionsPanel } from './versions.panel.js';

/** Makes the panels that come along, in the order in which they are shown. */
export function builtInPanels({
  slowQuery,
  settings,
}: {
  slowQuery: number;
  settings: object | undefined;
}): ToolbarPanel[] {
  return [
    new TimePanel(),
    new SqlPanel(slowQuery),
    new CachePanel(),
    new SignalsPanel(),
    new SessionPanel(),
    new MiddlewarePanel(),
    new RequestPanel(),
    new TemplatesPanel(),
    new LogPanel(),
    new VersionsPanel(settings),
  ] as ToolbarPanel[];
}
