import { Manager, type ManagerOptions, type ModelName, type RowOf, ValidationError } from '@nest-quintet/orm';
import { z } from 'zod';

/** What Django's models say of themselves beyond their columns; see `schema.md`. */
export const modelOptions: { readonly [M in ModelName]?: ManagerOptions<M> } = {
  Author: {
    symmetrical: ['friends'],
    validation: {
      validators: { email: validator('invalid', (email) => z.email().safeParse(email).success) },
    },
  },
  Order: {
    ordering: ['-placedAt', 'id'],
    latestBy: 'placedAt',
    validation: {
      choices: { status: { new: 'New', paid: 'Paid', shipped: 'Shipped', cancelled: 'Cancelled' } },
    },
  },
  OrderItem: {
    validation: {
      validators: {
        quantity: [
          validator('min_value', (quantity) => Number(quantity) >= 1),
          validator('max_value', (quantity) => Number(quantity) <= 99),
        ],
      },
    },
  },
  CustomerProfile: { validation: { blank: ['phone'] } },
  Employee: {
    validation: { validators: { name: validator('no_digits', (name) => !/\d/.test(String(name))) } },
  },
};

/** The managers of models with a `clean()` of their own. */
export const modelManagers: { readonly [M in ModelName]?: new () => Manager<M> } = {
  Employee: class extends Manager<'Employee'> {
    override clean({ id, managerId, department, salary }: Partial<RowOf<'Employee'>>): void {
      if (typeof id === 'number' && id === managerId) {
        throw new ValidationError({
          manager: { code: 'own_manager', message: 'Nobody is their own manager.' },
        });
      }
      if (department === 'board' && (salary ?? null) !== null) {
        throw new ValidationError('The board has no salary.', { code: 'board_unpaid' });
      }
    }
  },
};

function validator(code: string, accepts: (value: unknown) => boolean) {
  return (value: unknown): void => {
    if (!accepts(value)) throw new ValidationError('The value is not valid.', { code });
  };
}
