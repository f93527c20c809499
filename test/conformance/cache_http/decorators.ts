import {
  CacheControl,
  CachePage,
  NeverCache,
  VaryOnCookie,
  VaryOnHeaders,
  type Timeout,
} from '@nest-quintet/cache';
import { Condition, ConditionalPage, type ConditionOptions } from '@nest-quintet/middleware';
import { call, HostObject, native, Program, type Keywords, type Value } from '../python/index.js';
import type { ViewSpec } from './http-case.js';

/** A decorator of ours as a value of the interpreted program. */
class DecoratorValue extends HostObject {
  readonly typeName = 'decorator';

  constructor(readonly decorate: MethodDecorator) {
    super();
  }
}

const cacheControlNames: Readonly<Record<string, string>> = { s_maxage: 'sMaxage' };

const names: Readonly<Record<string, Value>> = {
  cache_page: native('cache_page', ([timeout], { cache, key_prefix }) => {
    const options = { cache: cache as string | undefined, keyPrefix: key_prefix as string | undefined };
    return new DecoratorValue(CachePage(timeout as Timeout, options));
  }),
  cache_control: native(
    'cache_control',
    (_, directives) => new DecoratorValue(CacheControl(renamed(directives))),
  ),
  never_cache: new DecoratorValue(NeverCache()),
  vary_on_cookie: new DecoratorValue(VaryOnCookie()),
  vary_on_headers: native(
    'vary_on_headers',
    (headers) => new DecoratorValue(VaryOnHeaders(...(headers as string[]))),
  ),
  conditional_page: new DecoratorValue(ConditionalPage()),
  condition: native('condition', ([etag, lastModified], { etag_func, last_modified_func }) =>
    conditionOn(etag_func ?? etag, last_modified_func ?? lastModified),
  ),
  etag: native('etag', ([etag]) => conditionOn(etag, null)),
  last_modified: native('last_modified', ([lastModified]) => conditionOn(null, lastModified)),
  dt: native('dt', ([text]) => new Date(`${text as string}Z`)),
};

function renamed(directives: Keywords): object {
  const camelCase = (name: string) => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(
    Object.entries(directives).map(([name, value]) => [cacheControlNames[name] ?? camelCase(name), value]),
  );
}

function conditionOn(etag: Value, lastModified: Value): DecoratorValue {
  const options: ConditionOptions = {
    ...(etag ? { etag: async (request) => (await call(etag, [request], {})) as string | null } : {}),
    ...(lastModified
      ? { lastModified: async (request) => (await call(lastModified, [request], {})) as Date | null }
      : {}),
  };
  return new DecoratorValue(Condition(options));
}

/** Evaluates the decorators of a view, innermost first, as they have to be applied. */
export async function decoratorsOf({ decorators_ast = [] }: ViewSpec): Promise<MethodDecorator[]> {
  const program = new Program(names);
  const decorators: MethodDecorator[] = [];
  for (const statements of decorators_ast) {
    decorators.unshift(((await program.run(statements)) as DecoratorValue).decorate);
  }
  return decorators;
}
