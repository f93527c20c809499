import type { Provider, Type } from '@nestjs/common';
import type { ModelName } from '../metadata/register.js';
import { getManagerToken } from './inject-manager.decorator.js';
import { Manager } from './manager.js';
import { ManagerFor, managerOptions } from './manager-for.decorator.js';

/** A manager's class, or the name of a model whose plain manager is meant. */
export type ManagerDefinition = Type<Manager> | ModelName;

/** The providers of managers, by their class and by the token of `@InjectManager()`. */
export function managerProviders(managers: readonly ManagerDefinition[]): Provider[] {
  return managers.flatMap((manager): Provider[] => {
    if (typeof manager === 'string')
      return [{ provide: getManagerToken(manager), useClass: plainManager(manager) }];
    const token = getManagerToken(managerOptions(manager).model);
    return [manager, { provide: token, useExisting: manager }];
  });
}

function plainManager(model: ModelName): Type<Manager> {
  class PlainManager extends Manager {}
  ManagerFor(model)(PlainManager);
  return PlainManager;
}
