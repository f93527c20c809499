import 'reflect-metadata';
import { Injectable, Session, type Type, UseGuards } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { ImproperlyConfiguredError } from '@nest-quintet/core';
import { SESSION_LOCK } from './session-lock.decorator.js';
import { SessionGuard } from './session.guard.js';
import { Sessions } from './sessions.service.js';

const guard = new SessionGuard();
// Controllers belong to the process, so that an application may find them prepared by another one. The guard is
// stateless, and does nothing for a session that is loaded.
const guarded = new WeakSet<object>();

/** Puts the guard on the routes that need it, as `@UseGuards()` by hand would. */
@Injectable()
export class SessionRoutesExplorer {
  constructor(
    private readonly sessions: Sessions,
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** @throws ImproperlyConfiguredError when a handler wants a lock and the engine has none. */
  explore(): void {
    for (const { metatype } of this.discovery.getControllers()) {
      const controller = metatype as Type | null;
      const prototype = controller?.prototype as object | undefined;
      if (!controller || !prototype) continue;
      for (const name of this.scanner.getAllMethodNames(prototype)) this.#guard(controller, prototype, name);
    }
  }

  #guard(controller: Type, prototype: object, name: string): void {
    const { engine, settings } = this.sessions;
    const handler = (prototype as Record<string, object>)[name]!;
    const wantsLock =
      Reflect.hasMetadata(SESSION_LOCK, handler) || Reflect.hasMetadata(SESSION_LOCK, controller);
    if (wantsLock && !engine.lock) {
      throw new ImproperlyConfiguredError(
        `@SessionLock() on ${controller.name}.${name}: the session engine keeps nothing on the server that could be locked. Choose another engine, or leave the lock out.`,
      );
    }
    const wantsSession = settings.load === 'onDemand' && declaresSession(controller, name);
    if (!(wantsLock || wantsSession) || guarded.has(handler)) return;
    guarded.add(handler);
    UseGuards(guard)(prototype, name, { value: handler } as TypedPropertyDescriptor<unknown>);
  }
}

/** Carries what Nest notes of `@Session()`, to be recognised on others by. */
class Sample {
  declares(): void {}
}

/** Says whether a handler has a parameter with `@Session()`. */
function declaresSession(controller: Type, name: string): boolean {
  const { key, kind } = sample();
  const noted = (Reflect.getMetadata(key, controller, name) ?? {}) as object;
  return Object.keys(noted).some((parameter) => kindOf(parameter) === kind);
}

function sample(): { key: unknown; kind: string } {
  Session()(Sample.prototype, 'declares', 0);
  const [key] = Reflect.getMetadataKeys(Sample, 'declares') as unknown[];
  const noted = Reflect.getMetadata(key, Sample, 'declares') as object;
  return { key, kind: kindOf(Object.keys(noted)[0]!) };
}

/** A parameter is noted as `kind:index`. */
function kindOf(parameter: string): string {
  return parameter.split(':', 1)[0]!;
}
