import type { PGlite } from '@electric-sql/pglite';
import { schema } from '../../../../apps/bookshop/src/generated/quintet/index.js';
import type { ModelMetadata } from '../metadata/schema.js';
import { relationsOf } from './rows.js';

/** The models of the shop, without those that only other parts of it write. */
export const shopModels: readonly ModelMetadata[] = Object.values(schema.models).filter(
  ({ name }) => name !== 'Session' && name !== 'CacheEntry',
);

/** Each join table with the name of its relation. */
export const joinTables: ReadonlyMap<string, string> = new Map(
  shopModels
    .flatMap(relationsOf)
    .flatMap(({ through, relationName }) => (through ? [[through.table, relationName] as const] : [])),
);

/**
 * What statements did to one row or link, in words: `created Book#4`, `changed Book#1`, `changed Book#1 to #9`,
 * `rewrote Book#1` where it was written as it was, `deleted Book#1`, `linked Friends 1-2`, `unlinked Friends 1-2`.
 */
export type Write = string;

const modelOf = new Map(shopModels.map(({ name, table }) => [table, name]));

/** Makes a database write down every row that is written, whoever writes it. */
export async function watchWrites(pglite: PGlite): Promise<void> {
  await pglite.exec(`
    CREATE TABLE written (nth serial, of text, operation text, old jsonb, new jsonb);
    CREATE FUNCTION write_down() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO written (of, operation, old, new)
      VALUES (TG_TABLE_NAME, TG_OP, to_jsonb(OLD), to_jsonb(NEW));
      RETURN NULL;
    END $$;
    ${[...modelOf.keys(), ...joinTables.keys()]
      .map(
        (table) =>
          `CREATE TRIGGER watch AFTER INSERT OR UPDATE OR DELETE ON "${table}" FOR EACH ROW EXECUTE FUNCTION write_down();`,
      )
      .join('\n')}
  `);
}

/**
 * Returns what was written since the last time, in order, and forgets it.
 *
 * Links that the database takes away with a row, or moves along with its key, go silently, as in Django.
 */
export async function takeWrites(pglite: PGlite): Promise<Write[]> {
  const { rows } = await pglite.query<Written>('SELECT *, old = new AS idle FROM written ORDER BY nth');
  await pglite.exec('TRUNCATE written');
  const isMovedLink = ({ of, operation }: Written) => joinTables.has(of) && operation === 'UPDATE';
  return withoutSilent(rows.filter((row) => !isMovedLink(row)).map(wordsOf));
}

interface Written {
  readonly of: string;
  readonly operation: 'INSERT' | 'UPDATE' | 'DELETE';
  readonly old: Record<string, unknown> | null;
  readonly new: Record<string, unknown> | null;
  readonly idle: boolean | null;
}

function wordsOf({ of, operation, old, new: now, idle }: Written): Write {
  const relation = joinTables.get(of);
  if (relation !== undefined) {
    const link = now ?? old!;
    return `${operation === 'INSERT' ? 'linked' : 'unlinked'} ${relation} ${link.A as number}-${link.B as number}`;
  }
  const row = `${modelOf.get(of)}#${(old ?? now)!.id as number}`;
  if (operation === 'INSERT') return `created ${row}`;
  if (operation === 'DELETE') return `deleted ${row}`;
  if (idle) return `rewrote ${row}`;
  return old!.id === now!.id ? `changed ${row}` : `changed ${row} to #${now!.id as number}`;
}

/** Leaves out the links of rows that are deleted. */
function withoutSilent(writes: readonly Write[]): Write[] {
  const deleted = new Set<string>();
  return writes.filter((write) => {
    const [verb, of = '', link = ''] = write.split(' ');
    if (verb === 'deleted') deleted.add(of);
    const [a, b] = link.split('-');
    return (
      verb !== 'unlinked' || !(deleted.has(`${endsOf(of).A}#${a}`) || deleted.has(`${endsOf(of).B}#${b}`))
    );
  });
}

/** The models whose keys the columns of a relation's join table hold. */
export function endsOf(relation: string): { readonly A: string; readonly B: string } {
  const end = (column: 'A' | 'B') =>
    shopModels.find((model) =>
      relationsOf(model).some(
        (field) => field.relationName === relation && field.through?.ownColumn === column,
      ),
    )!.name;
  return { A: end('A'), B: end('B') };
}

/** Whether a write left a row as it was. */
export const isIdle = (write: Write): boolean => write.startsWith('rewrote ');

/** Returns what is in one list and not in the other, each as often as it is there more often. */
export function surplus(of: readonly Write[], over: readonly Write[]): Write[] {
  const left = [...over];
  return of.filter((write) => {
    const at = left.indexOf(write);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
