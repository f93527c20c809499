import { prepareDatabase } from '../../apps/bookshop/src/database/prepare.js';
import { DatabaseTemplate } from './database-template.js';

/** The bookshop's tables and data. */
export const bookshopTemplate = new DatabaseTemplate({
  name: 'bookshop',
  sources: ['prisma/migrations', 'prisma/seed', 'apps/bookshop/src/database'],
  prepare: (adapter) => prepareDatabase({ adapter }),
});
