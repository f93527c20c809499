import { ImproperlyConfiguredError } from '@nest-quintet/core';
import type { ModelName } from '../metadata/register.js';
import type { OrderTerm } from '../query/state.js';

export interface ManagerOptions {
  /** The alias of the database. Default: the default one. */
  using?: string;
  /** How rows are ordered where a query does not say it. Django: `Meta.ordering`. */
  ordering?: readonly OrderTerm[];
  /** What `earliest()` and `latest()` go by where they are not told. Django: `Meta.get_latest_by`. */
  latestBy?: string | readonly string[];
}

export interface KnownManagerOptions extends ManagerOptions {
  model: ModelName;
}

const key = Symbol('quintet:manager');

/**
 * Says whose manager a class is.
 *
 * @example
 * \@Injectable()
 * \@ManagerFor('Order', { ordering: ['-placedAt'] })
 * export class OrderManager extends Manager<'Order'> {}
 */
export function ManagerFor(model: ModelName, options: ManagerOptions = {}): ClassDecorator {
  return (target) => Reflect.defineMetadata(key, { ...options, model } satisfies KnownManagerOptions, target);
}

/** What `@ManagerFor` has said of a class. */
export function managerOptions(manager: object): KnownManagerOptions {
  const options = Reflect.getMetadata(key, manager) as KnownManagerOptions | undefined;
  if (!options) {
    throw new ImproperlyConfiguredError(
      `${(manager as { name: string }).name} is a manager of no model; decorate it with @ManagerFor.`,
    );
  }
  return options;
}
