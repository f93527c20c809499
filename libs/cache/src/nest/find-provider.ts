import type { Type } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';

/** Returns a provider of whatever module, if there is one. */
export function findProvider<T>(modules: ModuleRef, type: Type<T>): T | undefined {
  try {
    return modules.get(type, { strict: false });
  } catch {
    return undefined;
  }
}
