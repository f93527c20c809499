import { choices } from '@nest-quintet/core';
import { JoinNode, type OperationNode } from 'kysely';
import { FieldError, InvalidValueError } from '../errors.js';
import type { Expression, Operand } from '../expressions/expression.js';
import type { QExpression } from '../expressions/q.js';
import type {
  FieldMetadata,
  ModelMetadata,
  RelationField,
  ScalarField,
  SchemaMetadata,
} from '../metadata/schema.js';
import { type AggregateStrategy, inlineAggregates } from './aggregate-strategy.js';
import type { Annotations } from './annotations.js';
import { findField, keyFields } from './names.js';
import { relationEnds } from './relation-ends.js';
import { keyOf, presenceOf, wholeKeyOf } from './row-key.js';
import { predicateOf } from './predicate.js';
import { selectNode } from './select.js';
import { aliased, columnOf, FALSE, join, sql, tableNode } from './sql.js';
import type { SqlDialect } from './sql-dialect.js';
import type { QueryState } from './state.js';
import type { Statement } from './statement.js';
import { type KnownColumns, TableRef } from './table-ref.js';
import { transformed } from './transforms.js';
import { fieldType } from './value-type.js';

export interface ScopeOptions {
  /** The scope that `OuterRef` means: that of the query around a subquery. */
  outer?: Scope;
  /** The scope whose paths this one goes on with; a subquery over one of its relations. */
  lineage?: Scope;
  annotations?: Annotations;
  /** Relations of which only some rows are seen, by name. */
  relations?: QueryState['relations'];
}

/**
 * The names that expressions of one `SELECT` can use, and the tables that they have needed so far.
 *
 * Paths are resolved to columns here and nowhere else. A path across a to-one relation joins its table once; what a
 * path across a to-many relation means is for whoever resolves it to say: {@link descend} opens a subquery over the
 * related rows, otherwise they are joined.
 */
export class Scope {
  readonly froms: OperationNode[] = [];
  readonly joins: JoinNode[] = [];
  /** What binds the rows of a subquery to the row around it. */
  readonly correlations: OperationNode[] = [];
  /** Whether a to-many relation has been joined, so that a row of the model can come several times. */
  isMultiplied = false;

  /** How aggregates are computed here. */
  aggregates: AggregateStrategy = inlineAggregates;

  readonly outer: Scope | undefined;
  readonly lineage: Scope | undefined;
  readonly annotations: Annotations | undefined;
  readonly relations: QueryState['relations'];
  readonly #related = new Map<TableRef, Map<string, TableRef>>();
  readonly #bound = new Set<TableRef>();
  #root: TableRef | undefined;

  constructor(
    readonly statement: Statement,
    options: ScopeOptions = {},
  ) {
    this.outer = options.outer;
    this.lineage = options.lineage;
    this.annotations = options.annotations ?? options.lineage?.annotations;
    this.relations = 'relations' in options ? options.relations : options.lineage?.relations;
    this.#root = options.lineage?.root;
  }

  get dialect(): SqlDialect {
    return this.statement.dialect;
  }

  get schema(): SchemaMetadata {
    return this.statement.schema;
  }

  /** The model that paths start from. */
  get model(): ModelMetadata {
    return this.root.model;
  }

  get root(): TableRef {
    return this.#root!;
  }

  /** Makes the model's table the one that the scope selects from. */
  selectFrom(model: ModelMetadata, alias = this.statement.alias()): this {
    this.froms.push(aliased(tableNode(model), alias));
    this.#root = new TableRef(model, this, false, () => alias);
    return this;
  }

  /** Makes a subquery the one that the scope selects from, whose columns are all the names there are. */
  selectFromSubquery(subquery: OperationNode, model: ModelMetadata): string {
    const alias = this.statement.alias();
    this.froms.push(aliased(subquery, alias));
    this.#root = new TableRef(model, this, false, () => {
      throw new FieldError(
        `Only what the query selects can be named. ${choices(this.annotations?.names() ?? [])}`,
      );
    });
    return alias;
  }

  /** Binds a name or a dotted path: annotations first, then fields, then what a field's value has inside. */
  resolve(path: string): Operand {
    return this.#resolved(path, keyOf);
  }

  /** Binds what is counted under a path: of a row that it leads to the key, of however many fields. */
  counted(path: string, isDistinct: boolean): Operand {
    return this.#resolved(path, isDistinct ? wholeKeyOf : presenceOf);
  }

  #resolved(path: string, ofRow: (ref: TableRef) => Operand): Operand {
    const names = this.names(path);
    const annotation = this.annotations?.operand(names[0]!);
    if (annotation) return transformed(annotation, names.slice(1), this);
    let ref = this.root;
    for (const [index, name] of names.entries()) {
      const field = fieldNamed(ref.model, name);
      if (!field) throw this.#unknown(name, ref);
      if (field.kind === 'scalar') {
        const node = ref.column(field);
        const isNullable = ref.isNullable || !field.isRequired;
        const operand = { node, type: fieldType(field), ...(isNullable && { guard: node }) };
        return transformed(operand, names.slice(index + 1), this);
      }
      ref = this.#hop(ref, field);
    }
    return ofRow(ref);
  }

  /** Binds an expression in the query around this one. */
  outside(expression: Expression): Operand {
    if (!this.outer)
      throw new InvalidValueError('OuterRef can only stand in a query that is used as a subquery.');
    return expression.resolve(this.outer);
  }

  /** The table that a path of relations leads to. */
  table(path: string): TableRef {
    let ref = this.root;
    if (path === '') return ref;
    for (const name of this.names(path)) {
      const field = fieldNamed(ref.model, name);
      if (!field) throw this.#unknown(name, ref);
      if (field.kind === 'scalar') throw new FieldError(`${ref.model.name}.${name} is not a relation.`);
      ref = this.#hop(ref, field);
    }
    return ref;
  }

  /**
   * The to-many relations that a path crosses and whose rows this scope does not range over, outermost first.
   */
  manyPrefixes(path: string): string[] {
    const names = this.names(path);
    if (this.annotations?.has(names[0]!)) return [];
    const prefixes: string[] = [];
    let model = this.model;
    let ref: TableRef | undefined = this.root;
    for (const [index, name] of names.entries()) {
      const field = fieldNamed(model, name);
      if (field?.kind !== 'relation') break;
      ref = ref && this.#find(ref, field.name);
      if (field.isList && !(ref && this.#isBound(ref))) prefixes.push(names.slice(0, index + 1).join('.'));
      model = this.statement.model(field.model);
    }
    return prefixes;
  }

  /** Joins the rows that a path of relations leads to, and ranges over them: conditions mean the joined row. */
  range(path: string): void {
    this.#bound.add(this.table(path));
  }

  /** Opens a subquery over the rows that a path of relations leads to, whose paths go on from this scope's. */
  descend(path: string): Scope {
    const child = new Scope(this.statement, { lineage: this, outer: this.outer });
    child.#selectRelated(this, path);
    return child;
  }

  /** Opens a subquery over the rows that a path of relations leads to, whose paths start from them. */
  related(path: string): Scope {
    const child = new Scope(this.statement, { outer: this.outer });
    child.#root = child.#selectRelated(this, path);
    return child;
  }

  /** Looks at the row of a to-one relation: paths start from it, what they need is joined here. */
  onto(path: string): Scope {
    const child = new Scope(this.statement, { lineage: this, outer: this.outer, relations: undefined });
    child.#root = this.table(path);
    return child;
  }

  /** Opens a subquery over the very row that this scope is at. */
  itself(): Scope {
    const child = new Scope(this.statement, { lineage: this, outer: this.outer });
    child.selectFrom(this.model);
    for (const field of keyFields(this.model)) {
      child.correlations.push(sql`${child.root.column(field)} = ${this.root.column(field)}`);
    }
    return child;
  }

  #selectRelated(parent: Scope, path: string): TableRef {
    const names = parent.names(path);
    const last = names.pop()!;
    const from = parent.table(names.join('.'));
    const relation = fieldNamed(from.model, last);
    if (relation?.kind !== 'relation') throw parent.#unknown(last, from);
    const ref = this.#selected(from, relation);
    this.#remember(from, relation, ref);
    this.#bound.add(ref);
    const filter = parent.#filterOf(relation);
    if (filter) this.correlations.push(...parent.#lookingAt(this, from, relation, ref).#met(filter));
    return ref;
  }

  /** Selects from the table at the other end of a relation, bound to the row of this end. */
  #selected(from: TableRef, relation: RelationField): TableRef {
    const target = this.statement.model(relation.model);
    const ends = relationEnds(this.schema, from.model, relation);
    const alias = this.statement.alias();
    if (!ends.through) {
      this.froms.push(aliased(tableNode(target), alias));
      for (const { own, other } of ends.pairs) {
        this.correlations.push(sql`${columnOf(alias, other.column)} = ${from.column(own)}`);
      }
      const ref = new TableRef(target, this, false, () => alias);
      this.correlations.push(...this.#seen(ref));
      return ref;
    }
    const { through, own, other } = ends;
    this.froms.push(aliased(tableNode(through), alias));
    this.correlations.push(sql`${columnOf(alias, through.ownColumn)} = ${from.column(own)}`);
    const node = columnOf(alias, through.otherColumn);
    const attach = (): string =>
      this.#join('InnerJoin', target, (to) => sql`${columnOf(to, other.column)} = ${node}`);
    const ref = new TableRef(target, this, false, attach, new Map([[other.name, () => node]]));
    this.correlations.push(...this.#seen(ref));
    return ref;
  }

  #hop(from: TableRef, relation: RelationField): TableRef {
    const found = this.#find(from, relation.name);
    if (found) return found;
    const scope = relation.isList ? this : from.scope;
    const ref = scope.#joined(from, relation);
    scope.#remember(from, relation, ref);
    return ref;
  }

  /** The names of a path; that of a filtered relation is replaced by the relation's own and marked. */
  names(path: string): string[] {
    const names = path.split('.');
    const filtered = this.relations?.get(names[0]!);
    return filtered ? [...`${filtered.path}:${names[0]}`.split('.'), ...names.slice(1)] : names;
  }

  #filterOf(relation: RelationField): QExpression | undefined {
    const [, alias] = relation.name.split(':');
    return alias === undefined ? undefined : this.relations?.get(alias)?.condition;
  }

  /** A scope in which the path of a filtered relation means the row that its condition is about. */
  #lookingAt(tables: Scope, from: TableRef, relation: RelationField, ref: TableRef): Scope {
    tables.#remember(from, { ...relation, name: relation.name.split(':')[0]! }, ref);
    tables.#bound.add(ref);
    return tables;
  }

  #met(condition: QExpression): OperationNode[] {
    const outcome = predicateOf(condition.conditionIn(this), this);
    return typeof outcome === 'boolean' ? (outcome ? [] : [FALSE]) : [outcome.node];
  }

  /** Whether the key of a joined row is one of those that meet the condition of a filtered relation. */
  #keyAmong(
    filter: QExpression,
    from: TableRef,
    relation: RelationField,
    column: (field: ScalarField) => OperationNode,
  ): OperationNode {
    const model = this.statement.model(relation.model);
    const alias = this.statement.alias();
    const child = new Scope(this.statement, { lineage: this, outer: this.outer });
    child.froms.push(aliased(tableNode(model), alias));
    const ref = new TableRef(model, child, false, () => alias);
    const where = [...this.#lookingAt(child, from, relation, ref).#met(filter), ...child.#seen(ref)];
    return keyIn(child, ref, where, column);
  }

  /** Whether the key of a joined row is one of those that the model's default query finds. */
  #keySeen(model: ModelMetadata, column: (field: ScalarField) => OperationNode): OperationNode {
    const child = new Scope(this.statement, { outer: this.outer }).selectFrom(model);
    return keyIn(child, child.root, child.#seen(child.root), column);
  }

  /** What the default query of a model asks of a row of it. */
  #seen(ref: TableRef): OperationNode[] {
    const found = this.statement.withDefaults(ref.model.name, (conditions) => {
      const child = new Scope(this.statement, { lineage: this, outer: this.outer, relations: undefined });
      child.#root = ref;
      return conditions.flatMap((condition) => child.#met(condition));
    });
    return found ?? [];
  }

  #remember(from: TableRef, relation: RelationField, ref: TableRef): void {
    const related = this.#related.get(from);
    if (related) related.set(relation.name, ref);
    else this.#related.set(from, new Map([[relation.name, ref]]));
  }

  #joined(from: TableRef, relation: RelationField): TableRef {
    const target = this.statement.model(relation.model);
    const ends = relationEnds(this.schema, from.model, relation);
    if (relation.isList) this.isMultiplied = true;
    const filter = this.#filterOf(relation);
    const hasDefault = this.statement.withDefaults(target.name, () => true) === true;
    const filtered = (on: OperationNode, column: (field: ScalarField) => OperationNode): OperationNode => {
      if (filter) return sql`${on} and ${this.#keyAmong(filter, from, relation, column)}`;
      return hasDefault ? sql`${on} and ${this.#keySeen(target, column)}` : on;
    };
    if (ends.through) {
      const { through, own, other } = ends;
      const alias = this.statement.alias();
      const node = columnOf(alias, through.otherColumn);
      const on = filtered(sql`${columnOf(alias, through.ownColumn)} = ${from.column(own)}`, () => node);
      this.joins.push(JoinNode.createWithOn('LeftJoin', aliased(tableNode(through), alias), on));
      const attach = (): string =>
        this.#join('LeftJoin', target, (to) => sql`${columnOf(to, other.column)} = ${node}`);
      return new TableRef(target, this, true, attach, new Map([[other.name, () => node]]));
    }
    const isNullable =
      from.isNullable || !ends.isOwner || !relation.isRequired || filter !== undefined || hasDefault;
    const attach = (): string =>
      this.#join(isNullable ? 'LeftJoin' : 'InnerJoin', target, (alias) =>
        filtered(
          join(
            ends.pairs.map(({ own, other }) => sql`${columnOf(alias, other.column)} = ${from.column(own)}`),
            ' and ',
          ),
          (field) => columnOf(alias, field.column),
        ),
      );
    const known: KnownColumns | undefined =
      ends.isOwner && !filter
        ? new Map(ends.pairs.map(({ own, other }) => [other.name, () => from.column(own)]))
        : undefined;
    const ref = new TableRef(target, this, isNullable, attach, known, hasDefault);
    if (relation.isList) void ref.alias;
    return ref;
  }

  #join(type: 'InnerJoin' | 'LeftJoin', model: ModelMetadata, on: (alias: string) => OperationNode): string {
    const alias = this.statement.alias();
    // The condition may join the tables that it needs, which have to stand before this one.
    const condition = on(alias);
    this.joins.push(JoinNode.createWithOn(type, aliased(tableNode(model), alias), condition));
    return alias;
  }

  #find(from: TableRef, relation: string): TableRef | undefined {
    const own = this.#related.get(from)?.get(relation);
    if (own) return own;
    if (this.lineage) return this.lineage.#find(from, relation);
    return from.scope === this ? undefined : from.scope.#related.get(from)?.get(relation);
  }

  #isBound(ref: TableRef): boolean {
    return this.#bound.has(ref) || (this.lineage !== undefined && this.lineage.#isBound(ref));
  }

  #unknown(name: string, ref: TableRef): FieldError {
    const annotations = ref === this.root ? (this.annotations?.names() ?? []) : [];
    return FieldError.unknown(name, ref.model.name, [...Object.keys(ref.model.fields), ...annotations]);
  }
}

/** Whether a key is among those of the rows of a scope. */
function keyIn(
  scope: Scope,
  ref: TableRef,
  where: readonly OperationNode[],
  column: (field: ScalarField) => OperationNode,
): OperationNode {
  const keys = keyFields(ref.model);
  const select = selectNode({
    selections: keys.map((field) => ref.column(field)),
    froms: scope.froms,
    joins: scope.joins,
    where,
  });
  return sql`(${join(keys.map(column), ', ')}) in ${select}`;
}

/** A field by a name that may be marked as that of a filtered relation, which is a relation of its own. */
function fieldNamed(model: ModelMetadata, name: string): FieldMetadata | undefined {
  const mark = name.indexOf(':');
  if (mark < 0) return findField(model, name);
  const field = findField(model, name.slice(0, mark));
  return field?.kind === 'relation' ? { ...field, name } : undefined;
}
