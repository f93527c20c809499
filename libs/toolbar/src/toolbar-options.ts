import type { Type } from '@nestjs/common';
import type { Duration } from '@nest-quintet/core';
import type { ToolbarPanel } from './panels/toolbar-panel.js';

export interface ToolbarOptions {
  /** Whether there is a toolbar. Default: everywhere but where `NODE_ENV` is `production`. */
  enabled?: boolean;
  /** Whether there is one in production too, where `enabled` alone does not do: everybody whom `allow` names sees it. */
  enabledInProduction?: boolean;
  /** The addresses that may see it, as the connection says them. Default: `127.0.0.1` and `::1`. Django: `INTERNAL_IPS`. */
  allow?: readonly string[];
  /** The addresses of proxies whose `X-Forwarded-For` is believed. Default: none. */
  trustedProxies?: readonly string[];
  /** The names that this application is reached by, besides `localhost` and plain addresses. */
  hosts?: readonly string[];
  /** How many requests are kept. Default 100. */
  keep?: number;
  /** How many bytes all of them may hold; one may hold a quarter. Default 32 MB. */
  keepBytes?: number;
  /** From which time on a query is marked as slow. Default `'50ms'`. */
  slowQuery?: Duration;
  /** Where its own pages are. Default `/__debug__`. */
  path?: string;
  /** More panels, made with what the application's modules provide globally. */
  panels?: readonly Type<ToolbarPanel>[];
  /** Settings to show; what is named like a secret is masked. */
  settings?: object;
}

/** Says whether there is to be a toolbar. */
export function isEnabled({ enabled, enabledInProduction }: ToolbarOptions): boolean {
  if (process.env.NODE_ENV === 'production') return enabled !== false && enabledInProduction === true;
  return enabled ?? true;
}
