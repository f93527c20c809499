import 'reflect-metadata';
import { UseGuards, type CanActivate, type Type } from '@nestjs/common';

/** Puts a guard behind all others of a handler, wherever decorators have put it. */
export function placeLast(guard: Type<CanActivate>, handler: object): void {
  takeOut(guard, handler);
  UseGuards(guard)({}, '', { value: handler });
}

/** Takes a guard from a handler's or a controller's own list. */
export function takeOut(guard: Type<CanActivate>, holder: object): void {
  const key = listKey(guard);
  const guards = Reflect.getOwnMetadata(key, holder) as readonly unknown[] | undefined;
  if (!guards?.includes(guard)) return;
  const others = guards.filter((other) => other !== guard);
  Reflect.defineMetadata(key, others, holder);
}

/** Nest keeps the name under which it notes guards to itself: what it does to a sample tells. */
function listKey(guard: Type<CanActivate>): unknown {
  const sample = () => undefined;
  UseGuards(guard)({}, '', { value: sample });
  return Reflect.getOwnMetadataKeys(sample)[0];
}
