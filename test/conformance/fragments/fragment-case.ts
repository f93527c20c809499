import type { RecordedCase } from '../evaluator.js';
import type { Statement } from '../python/index.js';

export type FragmentStep =
  | { readonly render: string; readonly context: Readonly<Record<string, unknown>> }
  | { readonly advance: number }
  | { readonly call: string; readonly call_ast: readonly Statement[] };

export interface FragmentObservation {
  readonly output?: string;
  readonly returns?: unknown;
  readonly error?: string;
  /** How often the counter `n` was shown since the case began. */
  readonly block_rendered_times: number;
}

export interface FragmentCase extends RecordedCase {
  readonly given: string;
  readonly steps: readonly FragmentStep[];
  readonly observed: readonly FragmentObservation[];
}
