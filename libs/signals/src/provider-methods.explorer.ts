import { Injectable } from '@nestjs/common';
import { ContextIdFactory, DiscoveryService, MetadataScanner, ModuleRef } from '@nestjs/core';

type InstanceWrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** One method of a provider or controller. */
export interface ProviderMethod {
  /** The function on the prototype, which carries the metadata of decorators. */
  readonly method: object;
  /** Calls it on its provider; on a new one for every call where the provider is request-scoped or transient. */
  readonly call: (event: object) => unknown;
}

/** Finds the providers and controllers of the application and their methods. */
@Injectable()
export class ProviderMethods {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly moduleRef: ModuleRef,
  ) {}

  /** Returns every provider and controller that is an object, once. */
  *providers(): Iterable<object> {
    for (const { instance } of this.#wrappers()) yield instance;
  }

  /** Returns the methods of all of them, inherited ones included. */
  *all(): Iterable<ProviderMethod> {
    for (const wrapper of this.#wrappers()) {
      const prototype = Object.getPrototypeOf(wrapper.instance) as Record<string, unknown> | null;
      if (prototype === null) continue;
      for (const name of this.scanner.getAllMethodNames(prototype)) {
        const method = prototype[name];
        if (typeof method === 'function') yield { method, call: this.#bind(wrapper, name) };
      }
    }
  }

  /** Returns the instances that are registered under a token, in the order of the modules. */
  registered<T>(token: abstract new (...args: never[]) => T): InstanceWrapper[] {
    return this.discovery.getProviders().filter((wrapper) => wrapper.token === token);
  }

  #wrappers(): (InstanceWrapper & { instance: object })[] {
    return [...this.discovery.getProviders(), ...this.discovery.getControllers()].filter(
      ({ instance, isAlias }) => !isAlias && typeof instance === 'object' && instance !== null,
    );
  }

  /** Makes the function that calls a method; its name tells the class and the method in messages. */
  #bind(wrapper: InstanceWrapper & { instance: object }, name: string): (event: object) => unknown {
    const { instance } = wrapper;
    const call = (owner: object, event: object) =>
      (owner as Record<string, (event: object) => unknown>)[name]?.(event);
    const bound =
      wrapper.isDependencyTreeStatic() && !wrapper.isTransient
        ? (event: object) => call(instance, event)
        : async (event: object) => call(await this.#resolve(wrapper, event), event);
    return Object.defineProperty(bound, 'name', { value: `${instance.constructor.name}.${name}` });
  }

  /** Makes the instance that belongs to one event, which it can inject as `REQUEST`. */
  #resolve(wrapper: InstanceWrapper, event: object): Promise<object> {
    const contextId = ContextIdFactory.create();
    this.moduleRef.registerRequestByContextId(event, contextId);
    // Its module's own ModuleRef tells it from another provider of the same token.
    const moduleRef = wrapper.host?.getProviderByKey(ModuleRef)?.instance ?? this.moduleRef;
    return moduleRef.resolve<object>(wrapper.token as string, contextId, { strict: true });
  }
}
