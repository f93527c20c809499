import type { RecordedCase } from '../evaluator.js';
import type { Statement } from '../python/index.js';

export interface CacheConfig {
  readonly TIMEOUT?: number | null;
  readonly VERSION?: number;
  readonly KEY_PREFIX?: string;
  /** Recorded as a text: the one function there is joins prefix, version and key with dashes. */
  readonly KEY_FUNCTION?: string;
  readonly LOCATION?: string;
  readonly OPTIONS?: { readonly MAX_ENTRIES?: number; readonly CULL_FREQUENCY?: number };
}

export type Observed = { readonly returns: unknown } | { readonly error: string };

export interface CacheCase extends RecordedCase {
  readonly config: CacheConfig & { readonly _second?: CacheConfig };
  readonly steps: readonly { readonly call_ast: readonly Statement[] }[];
  /** Django's backends that the case was run on. */
  readonly backends: readonly string[];
  /** What the first of them did. */
  readonly observed: readonly Observed[];
  /** What others did instead. */
  readonly differs?: Readonly<Record<string, readonly Observed[]>>;
}
