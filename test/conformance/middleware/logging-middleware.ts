import type { ExecutionContext, Type } from '@nestjs/common';
import { HttpResponse, type Middleware } from '@nest-quintet/middleware';
import type { LoggingSpec } from './middleware-case.js';
import { makeError, nameOf } from './python-errors.js';

/** Makes the class of a middleware that writes down what it sees. */
export function loggingMiddleware(spec: LoggingSpec, log: string[]): Type<Middleware> {
  const { name } = spec;
  const act = (place: string, what: string | null | undefined): HttpResponse | undefined => {
    if (what === null || what === undefined) return undefined;
    if (what === 'respond') return HttpResponse.text(`from ${name} ${place}`, { status: spec.status });
    throw makeError(what);
  };

  const hooks: Partial<Middleware> = {
    async handle(_request, next) {
      log.push(`${name} before`);
      const early = act('before', spec.before);
      if (early !== undefined) return early;
      const response = await next();
      log.push(`${name} after status ${response.status}`);
      const late = act('after', spec.after);
      if (spec.header !== undefined) response.headers.set(spec.header, name);
      return late ?? response;
    },
  };
  if ('process_view' in spec) {
    hooks.processView = (context) => {
      log.push(`${name} process_view args [] kwargs ${keywordsOf(context)}`);
      return act('process_view', spec.process_view);
    };
  }
  if ('process_exception' in spec) {
    hooks.processException = (error) => {
      log.push(`${name} process_exception ${nameOf(error)}`);
      return act('process_exception', spec.process_exception);
    };
  }
  if ('process_template_response' in spec) {
    hooks.processTemplateResponse = (response) => {
      log.push(`${name} process_template_response`);
      if (spec.process_template_response === 'return nothing') return undefined as never;
      act('process_template_response', spec.process_template_response);
      response.context['body'] = `${String(response.context['body'])}+${name}`;
      return response;
    };
  }

  class Logging {
    readonly isMade = spec.style === 'function' && log.push(`${name} created`) > 0;
  }
  Object.defineProperty(Logging, 'name', { value: name });
  Object.assign(Logging.prototype, hooks);
  return Logging as unknown as Type<Middleware>;
}

/** What was caught from the path, as Python shows a dict; what looks like a number was caught by `<int:…>`. */
function keywordsOf(context: ExecutionContext): string {
  const { params } = context.switchToHttp().getRequest<{ params: Record<string, string> }>();
  const shown = Object.entries(params ?? {}).map(
    ([key, value]) => `'${key}': ${/^\d+$/.test(value) ? value : `'${value}'`}`,
  );
  return `{${shown.join(', ')}}`;
}
