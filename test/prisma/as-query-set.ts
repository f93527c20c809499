import { Count, F, Prefetch } from '@nest-quintet/orm';
import type { FindMany } from './find-many.js';
import type { Museum, UntypedQuerySet } from './museum.js';

type Order = Record<string, string | { sort: string; nulls: 'first' | 'last' } | Record<string, string>>;

/**
 * Says with a QuerySet what the arguments of Prisma's `findMany` say; relations that hold one row come by joins. The last
 * rows come from the end.
 */
export function asQuerySet(museum: Museum, model: string, args: FindMany): UntypedQuerySet {
  let query = museum.of(model);
  if (args.where) query = query.filter(args.where);
  if (args.orderBy) query = query.orderBy(...args.orderBy.map((term) => orderTerm(term as Order)));
  if (args.distinct) query = query.distinct(...args.distinct);
  if (args.select) query = query.values(...Object.keys(args.select));
  query = withIncluded(museum, model, query, args.include ?? {}, '');
  if (args.skip !== undefined || args.take !== undefined) {
    const start = args.skip ?? 0;
    if (args.take !== undefined && args.take < 0) query = query.reverse();
    query = query.slice(start, args.take === undefined ? undefined : start + Math.abs(args.take));
  }
  return query;
}

function orderTerm(term: Order): unknown {
  const [[name, direction]] = Object.entries(term) as [[string, Order[string]]];
  if (typeof direction === 'string') return direction === 'desc' ? `-${name}` : name;
  if ('sort' in direction) {
    const { sort, nulls } = direction as { sort: string; nulls: 'first' | 'last' };
    return sort === 'desc' ? F(name).desc({ nulls }) : F(name).asc({ nulls });
  }
  const [[inner, sort]] = Object.entries(direction) as [[string, string]];
  if (inner === '_count') return sort === 'desc' ? Count(name).desc() : Count(name).asc();
  return sort === 'desc' ? `-${name}.${inner}` : `${name}.${inner}`;
}

function withIncluded(
  museum: Museum,
  model: string,
  query: UntypedQuerySet,
  include: NonNullable<FindMany['include']>,
  prefix: string,
): UntypedQuerySet {
  for (const [name, given] of Object.entries(include)) {
    const field = museum.schema.models[model]!.fields[name]!;
    if (field.kind !== 'relation') continue;
    const args = given === true ? {} : given;
    const path = `${prefix}${name}`;
    if (field.isList) {
      query = query.prefetchRelated(Prefetch(path, { queryset: asQuerySet(museum, field.model, args) }));
    } else {
      query = withIncluded(museum, field.model, query.selectRelated(path), args.include ?? {}, `${path}.`);
    }
  }
  return query;
}
