import 'reflect-metadata';
import { Session, type Type } from '@nestjs/common';

/** Carries what Nest notes of `@Session()`, to be recognised on others by. */
class Sample {
  declares(): void {}
}

/** Says whether a handler has a parameter with `@Session()`. */
export function declaresSession(controller: Type, name: string): boolean {
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
