import 'reflect-metadata';
import { Next, Res, type Type } from '@nestjs/common';

/** Carries what Nest notes of `@Res()` and `@Next()`, to be recognised on others by. */
class Sample {
  taken(): void {}
  passed(): void {}
}

/** What Nest notes of a handler, by the key it notes it under. */
type Notes = ReadonlyMap<unknown, unknown>;

/** Tells whether a handler takes `@Res()` or `@Next()`: Nest then leaves the answer to it, whatever it returns. */
export function writesItself(controller: Type, name: string): boolean {
  const notes = notesOf(controller, name);
  const { parameters, kinds, passthrough } = sample();
  const taken = Object.keys(notes.get(parameters) ?? {}).map(kindOf);
  return taken.some((kind) => kinds.includes(kind)) && notes.get(passthrough) !== true;
}

function sample() {
  Res()(Sample.prototype, 'taken', 0);
  Next()(Sample.prototype, 'taken', 1);
  Res({ passthrough: true })(Sample.prototype, 'passed', 0);
  const [parameters, taken] = [...notesOf(Sample, 'taken')][0]!;
  const passthrough = [...notesOf(Sample, 'passed').keys()].find((key) => key !== parameters);
  return { parameters, kinds: Object.keys(taken as object).map(kindOf), passthrough };
}

function notesOf(controller: Type, name: string): Notes {
  const keys = Reflect.getMetadataKeys(controller, name) as unknown[];
  return new Map(keys.map((key) => [key, Reflect.getMetadata(key, controller, name) as unknown]));
}

/** A parameter is noted as `kind:index`. */
function kindOf(key: string): string {
  return key.split(':', 1)[0]!;
}
