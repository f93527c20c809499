import { InvalidValueError } from '../errors.js';
import { compileExists } from '../query/aggregation.js';
import { compileSelect } from '../query/compiler.js';
import type { StateHolder } from '../query/prefetch.js';
import type { Scope } from '../query/scope.js';
import { FALSE, NULL, sql } from '../query/sql.js';
import type { QueryState } from '../query/state.js';
import { typeOf } from '../query/value-type.js';
import { Expression, type Operand } from './expression.js';

/** The first column of a query, as a value or as the right side of `in`. Django: `Subquery`. */
export class SubqueryExpression<T = unknown> extends Expression<T> {
  constructor(readonly state: QueryState) {
    super();
  }

  override get opensScope(): boolean {
    return true;
  }

  override resolve(scope: Scope): Operand {
    const { node, columns, isEmpty } = compileSelect(keyOnly(this.state), scope.statement, { outer: scope });
    if (columns.length !== 1) {
      throw new InvalidValueError(`A subquery has one column, not ${columns.length}; select it by values().`);
    }
    const { type } = columns[0]!;
    return { node: isEmpty ? sql`(select ${NULL} where ${FALSE})` : sql`${node}`, type };
  }
}

/** A query for rows stands for their keys. */
function keyOnly(state: QueryState): QueryState {
  if (state.selection.kind === 'values') return state;
  return {
    ...state,
    selection: { kind: 'values', names: ['pk'], form: 'flat' },
    related: undefined,
    prefetches: [],
  };
}

/** Whether a query finds any row. Django: `Exists`. */
export class ExistsExpression extends Expression<boolean> {
  constructor(
    readonly state: QueryState,
    readonly negated = false,
  ) {
    super();
  }

  override get opensScope(): boolean {
    return true;
  }

  not(): ExistsExpression {
    return new ExistsExpression(this.state, !this.negated);
  }

  override resolve(scope: Scope): Operand {
    const { node } = compileExists(this.state, scope.statement, scope);
    return { node: this.negated ? sql`not exists ${node}` : sql`exists ${node}`, type: typeOf('Boolean') };
  }
}

/**
 * Computes a value by a query of its own, which may name the query around it by `OuterRef`. Django: `Subquery`.
 *
 * @example
 * customers.annotate({ last: Subquery(orders.filter({ customer: OuterRef('pk') }).orderBy('-placedAt').values('id').slice(0, 1)) })
 */
export function Subquery<T = unknown>(query: StateHolder): SubqueryExpression<T> {
  return new SubqueryExpression(query.state);
}

/** Tells whether a query, which may name the query around it by `OuterRef`, finds any row. Django: `Exists`. */
export function Exists(query: StateHolder): ExistsExpression {
  return new ExistsExpression(query.state);
}
