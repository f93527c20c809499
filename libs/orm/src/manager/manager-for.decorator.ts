import { ImproperlyConfiguredError } from '@nest-quintet/core';
import type { ModelName } from '../metadata/register.js';
import type { OrderTerm } from '../query/state.js';
import type { ValidationRules } from '../validation/validation-rules.js';

export interface ManagerOptions<M extends ModelName = ModelName> {
  /** The alias of the database. Default: the default one. */
  using?: string;
  /** How rows are ordered where a query does not say it. Django: `Meta.ordering`. */
  ordering?: readonly OrderTerm[];
  /** What `earliest()` and `latest()` go by where they are not told. Django: `Meta.get_latest_by`. */
  latestBy?: string | readonly string[];
  /**
   * Whether the rows that the manager's `getQuerySet()` finds are the only ones that other models see: in prefetches,
   * joins and conditions on relations. Django: the default manager.
   */
  isDefault?: boolean;
  /**
   * Many-to-many relations of the model to itself whose related managers write both directions: who is added to my
   * friends has me for a friend. Django: `ManyToManyField('self')`.
   */
  symmetrical?: readonly string[];
  /** What rows have to be beyond what the schema says, for `fullClean()`. */
  validation?: ValidationRules<M>;
  /** Whether rows are looked at before they are written. Default: as `OrmModule` is told. */
  validateOnSave?: boolean;
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
export function ManagerFor<M extends ModelName>(model: M, options: ManagerOptions<M> = {}): ClassDecorator {
  return (target) => Reflect.defineMetadata(key, { ...options, model }, target);
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
