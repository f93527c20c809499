import { type ArgumentsHost, Injectable } from '@nestjs/common';
import {
  BaseExceptionFilter,
  ContextIdFactory,
  DiscoveryService,
  ExternalContextCreator,
  HttpAdapterHost,
} from '@nestjs/core';

/** A filter as Nest has prepared it: its bound `catch()` and the classes that it is for. */
interface PreparedFilter {
  func: (error: unknown, host: ArgumentsHost) => unknown;
  exceptionMetatypes: (abstract new (...args: never[]) => unknown)[];
}

interface FilterContext {
  create(
    instance: object,
    handler: object,
    module: string,
    contextId?: object,
  ): { filters: PreparedFilter[] };
}

/** Answers a route's error with the filter that Nest would have chosen, had nobody looked at the error before. */
@Injectable()
export class NestFilters {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly discovery: DiscoveryService,
    private readonly contexts: ExternalContextCreator,
  ) {}

  answer(error: unknown, handler: object, host: ArgumentsHost): unknown {
    const filter = this.#filtersOf(handler, host).find(
      ({ func, exceptionMetatypes }) =>
        func !== undefined &&
        (exceptionMetatypes.length === 0 || exceptionMetatypes.some((metatype) => error instanceof metatype)),
    );
    if (filter !== undefined) return filter.func(error, host);
    return new BaseExceptionFilter(this.adapterHost.httpAdapter).catch(error, host);
  }

  #filtersOf(handler: object, host: ArgumentsHost): readonly PreparedFilter[] {
    const controller = this.discovery
      .getControllers()
      .find(
        ({ metatype, name }) =>
          name !== undefined && owns((metatype as { prototype?: object } | null)?.prototype, handler),
      );
    if (controller === undefined) return [];
    const instance = controller.isDependencyTreeStatic() ? controller.instance : undefined;
    const contextId =
      instance === undefined ? ContextIdFactory.getByRequest(host.switchToHttp().getRequest()) : undefined;
    // Nest has no public way to ask for the filters of a route; the creator that it offers for handlers outside of
    // its router finds them in the same way and keeps the finder to itself.
    const finder = this.contexts['filtersContextCreator'] as unknown as FilterContext;
    const holder = instance ?? Object.create((controller.metatype as { prototype: object }).prototype);
    return finder.create(holder, handler, controller.host!.token, contextId).filters;
  }
}

function owns(prototype: object | undefined, handler: object): boolean {
  for (
    let at = prototype;
    at !== undefined && at !== null && at !== Object.prototype;
    at = Object.getPrototypeOf(at)
  ) {
    if (
      Object.getOwnPropertyNames(at).some(
        (name) => Object.getOwnPropertyDescriptor(at, name)?.value === handler,
      )
    )
      return true;
  }
  return false;
}
