import type { RecordedCase } from '../evaluator.js';
import type { Expression, Statement } from '../python/index.js';

export interface ViewSpec {
  readonly decorators_ast?: readonly (readonly (Statement & { readonly value: Expression })[])[];
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: Readonly<Record<string, string>>;
  readonly content_type?: string;
  /** `{n}` is how often the view has run, `{lang}` and `{cookie}` what the request said. */
  readonly body?: string;
  readonly repeat?: number;
  readonly stream?: readonly string[];
  readonly sha_bytes?: number;
  readonly template?: boolean;
  readonly raises?: string;
}

export interface HttpRequestSpec {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: Readonly<Record<string, string>>;
  readonly host?: string;
  readonly secure?: boolean;
  /** Whose browser it is. */
  readonly client?: string;
  /** How many seconds pass before it. */
  readonly advance?: number;
}

export interface HttpObservation {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly view_ran: boolean;
  readonly streaming?: boolean;
  readonly set_cookie?: readonly string[];
  readonly gzip_decodes_to_length?: number;
  readonly shorter_than_plain?: boolean;
}

export interface HttpCase extends RecordedCase {
  readonly given: {
    readonly description: string;
    readonly middleware: readonly string[];
    readonly settings: Readonly<Record<string, unknown>>;
    readonly views: Readonly<Record<string, ViewSpec>>;
  };
  readonly steps: readonly { readonly request: HttpRequestSpec }[];
  readonly observed: readonly HttpObservation[];
}
