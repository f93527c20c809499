import { All, Controller, Req, type Type } from '@nestjs/common';
import {
  csrfToken,
  CsrfExempt,
  currentLanguage,
  EnsureCsrfCookie,
  FrameOptions,
  FrameOptionsExempt,
  HttpResponse,
  LoginNotRequired,
  LoginRequired,
  messages,
  NoAppendSlash,
  rotateCsrfToken,
  TemplateResponse,
} from '@nest-quintet/middleware';
import { Readable } from 'node:stream';
import { HostObject, type Keywords, Program, type Value } from '../python/index.js';
import type { ViewSpec } from './middleware-case.js';
import { makeError } from './python-errors.js';

type PlatformRequest = object & { language?: string; session?: Record<string, unknown> };

/** What is written down of a case while it runs. */
export interface CaseRecord {
  readonly log: string[];
  /** How often the views have run. */
  runs: number;
}

/** Says that the slash at the end of a path is part of it: Nest itself would cut it off. */
export const TRAILING_SLASH = '--slash--';

/** A decorator of ours as a value of the interpreted program. */
class DecoratorValue extends HostObject {
  readonly typeName = 'decorator';

  constructor(readonly make: (options: Keywords) => MethodDecorator) {
    super();
  }

  override call(_args: readonly Value[], keywords: Keywords): Value {
    return new DecoratorValue(() => this.make(keywords));
  }
}

const decorators: Readonly<Record<string, Value>> = {
  csrf_exempt: new DecoratorValue(() => CsrfExempt()),
  ensure_csrf_cookie: new DecoratorValue(() => EnsureCsrfCookie()),
  // Tokens are at hand wherever the middleware is.
  requires_csrf_token: new DecoratorValue(() => () => undefined),
  no_append_slash: new DecoratorValue(() => NoAppendSlash()),
  login_not_required: new DecoratorValue(() => LoginNotRequired()),
  login_required: new DecoratorValue(({ login_url, redirect_field_name }) =>
    LoginRequired({
      ...(login_url === undefined ? {} : { loginUrl: login_url as string }),
      ...(redirect_field_name === undefined ? {} : { redirectFieldName: redirect_field_name as string }),
    }),
  ),
  xframe_options_exempt: new DecoratorValue(() => FrameOptionsExempt()),
  xframe_options_deny: new DecoratorValue(() => FrameOptions('DENY')),
  xframe_options_sameorigin: new DecoratorValue(() => FrameOptions('SAMEORIGIN')),
};

/** Makes a controller of one recorded view. */
export async function viewController(
  path: string,
  spec: ViewSpec,
  record: CaseRecord,
): Promise<Type<unknown>> {
  class View {
    #runs = 0;

    view(request: PlatformRequest): unknown {
      this.#runs += 1;
      record.runs += 1;
      record.log.push('view');
      return answer(spec, request, this.#runs);
    }
  }
  const descriptor = Object.getOwnPropertyDescriptor(View.prototype, 'view')!;
  Req()(View.prototype, 'view', 0);
  for (const decorate of await decoratorsOf(spec)) decorate(View.prototype, 'view', descriptor);
  All(routeOf(path))(View.prototype, 'view', descriptor);
  Controller()(View);
  return View;
}

async function decoratorsOf({ decorators_ast = [] }: ViewSpec): Promise<MethodDecorator[]> {
  const program = new Program(decorators);
  const made: MethodDecorator[] = [];
  for (const statements of decorators_ast) {
    const value = await program.run(statements);
    made.unshift((value as DecoratorValue).make({}));
  }
  return made;
}

function routeOf(path: string): string {
  return path.endsWith('/') && path !== '/' ? `${path}${TRAILING_SLASH}` : path;
}

function answer(spec: ViewSpec, request: PlatformRequest, run: number): unknown {
  if (spec.raises !== undefined) throw makeError(spec.raises);
  switch (spec.kind) {
    case 'template':
      return new TemplateResponse('page', { body: 'body of view' });
    case 'broken template':
      return new TemplateResponse('missing', {});
    case 'returns nothing':
      return undefined;
    default:
      return respond(spec, bodyOf(spec, request, run));
  }
}

function respond({ status = 200, headers = {}, stream }: ViewSpec, body: string): HttpResponse {
  const all = { 'Content-Type': 'text/html; charset=utf-8', ...headers };
  return stream === undefined
    ? new HttpResponse(body, { status, headers: all })
    : HttpResponse.stream(Readable.from(stream.map((chunk) => Buffer.from(chunk))), { status, headers: all });
}

function bodyOf({ body = 'run {n}' }: ViewSpec, request: PlatformRequest, run: number): string {
  return (views[body] ?? (() => body.replaceAll('{n}', String(run))))(request);
}

/** The views whose recorded body says what they call. */
const views: Readonly<Record<string, (request: PlatformRequest) => string>> = {
  'view calls get_token()': (request) => `token length ${csrfToken(request).length}`,
  'view calls get_token() twice': (request) => {
    const [one, other] = [csrfToken(request), csrfToken(request)];
    return `same ${one === other ? 'True' : 'False'}`;
  },
  'view calls rotate_token()': (request) => {
    rotateCsrfToken(request);
    return 'rotated';
  },
  'echoes the active language': ({ language }) => `active ${currentLanguage()} request ${language}`,
  "adds success 'saved', debug 'dbg', error 'bad' with extra tag x": (request) => {
    const list = messages(request);
    list.add('success', 'saved');
    list.add('debug', 'dbg');
    list.add('error', 'bad', { extraTags: 'x' });
    return 'added';
  },
  'iterates messages: level|text|tags': (request) =>
    [...messages(request)].map(({ level, text, tags }) => `${level}|${text}|${tags}`).join('; '),
  'len() without iterating': (request) => `count ${messages(request).length}`,
  'logs the user in': (request) => {
    request.session!['user'] = 'ada';
    return 'logged in';
  },
};
