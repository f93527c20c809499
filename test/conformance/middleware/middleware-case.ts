import type { RecordedCase } from '../evaluator.js';
import type { Expression, Statement } from '../python/index.js';

/** A middleware that writes down what it sees: which hooks it has and what each does. */
export interface LoggingSpec {
  readonly name: string;
  readonly style?: 'mixin' | 'function';
  /** Null is to log and go on, 'respond' to answer, anything else the error to raise. */
  readonly before?: string | null;
  readonly after?: string | null;
  readonly status?: number;
  readonly header?: string;
  readonly process_view?: string | null;
  readonly process_exception?: string | null;
  readonly process_template_response?: string | null;
}

export interface ViewSpec {
  readonly body?: string;
  readonly kind?: string;
  readonly raises?: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly stream?: readonly string[];
  readonly decorators_ast?: readonly (readonly (Statement & { readonly value: Expression })[])[];
}

export interface RequestSpec {
  readonly method?: string;
  readonly path: string;
  readonly raw_path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly host?: string;
  readonly secure?: boolean;
  readonly cookies?: Readonly<Record<string, string>>;
  readonly data?: Readonly<Record<string, string>>;
  readonly csrf_cookie?: string;
  readonly form_token?: string;
  readonly header_token?: string;
  readonly client?: string;
}

export interface Observation {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly log?: readonly string[];
  readonly view_ran?: boolean;
  readonly streaming?: boolean;
  readonly set_cookie?: readonly string[];
}

export interface MiddlewareCase extends RecordedCase {
  readonly given: {
    readonly description: string;
    readonly middleware: readonly (string | LoggingSpec)[];
    readonly settings?: Readonly<Record<string, unknown>>;
    readonly view?: ViewSpec;
    readonly views?: Readonly<Record<string, ViewSpec>>;
  };
  readonly steps: readonly { readonly request: RequestSpec }[];
  readonly observed: readonly Observation[];
}
