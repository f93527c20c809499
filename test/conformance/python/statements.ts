import { call } from './access.js';
import { assign, remove } from './assignment.js';
import { raise } from './errors.js';
import { evaluate, evaluateAll, makeFunction } from './expressions.js';
import { HostObject, type Value } from './host-object.js';
import { binary } from './operators.js';
import { makeClass } from './program-objects.js';
import { Scope } from './scope.js';
import type { Alias, Expression, Handler, Statement } from './syntax.js';
import { isTrue, iterate, typeName } from './types.js';

/** Why a block ended before its last statement. */
type Leave = { kind: 'return'; value: Value } | { kind: 'break' } | { kind: 'continue' };

/** Runs statements until one of them leaves the block. */
export async function executeBlock(
  statements: readonly Statement[] = [],
  scope: Scope,
): Promise<Leave | undefined> {
  for (const statement of statements) {
    const leave = await execute(statement, scope);
    if (leave) return leave;
  }
  return undefined;
}

async function execute(node: Statement, scope: Scope): Promise<Leave | undefined> {
  switch (node._) {
    case 'Expr':
      await evaluate(node.value, scope);
      return undefined;
    case 'Assign': {
      const value = await evaluate(node.value, scope);
      for (const target of node.targets) await assign(target, value, scope);
      return undefined;
    }
    case 'AnnAssign':
      if (node.value) await assign(node.target, await evaluate(node.value, scope), scope);
      return undefined;
    case 'AugAssign': {
      const value = await binary(
        node.op._,
        await evaluate(node.target, scope),
        await evaluate(node.value, scope),
      );
      await assign(node.target, value, scope);
      return undefined;
    }
    case 'Delete':
      for (const target of node.targets) await remove(target, scope);
      return undefined;
    case 'FunctionDef':
    case 'AsyncFunctionDef':
      return define(node.name, await functionOf(node, scope), node.decorator_list, scope);
    case 'ClassDef': {
      const inner = new Scope(scope);
      await executeBlock(node.body, inner);
      const made = makeClass(node.name, await evaluateAll(node.bases, scope), inner.own());
      return define(node.name, made, node.decorator_list, scope);
    }
    case 'Return':
      return { kind: 'return', value: node.value ? await evaluate(node.value, scope) : null };
    case 'Raise':
      return raiseValue(node.exc ? await evaluate(node.exc, scope) : scope.get(current));
    case 'Assert':
      if (await isTrue(await evaluate(node.test, scope))) return undefined;
      return raise('AssertionError', node.msg ? String(await evaluate(node.msg, scope)) : '');
    case 'If':
      return executeBlock((await isTrue(await evaluate(node.test, scope))) ? node.body : node.orelse, scope);
    case 'While':
      while (await isTrue(await evaluate(node.test, scope))) {
        const leave = await executeBlock(node.body, scope);
        if (leave?.kind === 'break') return undefined;
        if (leave?.kind === 'return') return leave;
      }
      return executeBlock(node.orelse, scope);
    case 'For':
      for (const item of await iterate(await evaluate(node.iter, scope))) {
        await assign(node.target, item, scope);
        const leave = await executeBlock(node.body, scope);
        if (leave?.kind === 'break') return undefined;
        if (leave?.kind === 'return') return leave;
      }
      return executeBlock(node.orelse, scope);
    case 'With':
    case 'AsyncWith':
      return executeWith(node.items, node.body, scope);
    case 'Try':
      return executeTry(node, scope);
    case 'Import':
      for (const { name, asname } of node.names)
        scope.set(asname ?? name.split('.')[0]!, scope.get(asname ?? name));
      return undefined;
    case 'ImportFrom':
      return importFrom(node.names, scope);
    case 'Global':
    case 'Nonlocal':
      scope.declareOuter(node.names);
      return undefined;
    case 'Break':
      return { kind: 'break' };
    case 'Continue':
      return { kind: 'continue' };
    case 'Pass':
      return undefined;
    default:
      throw new Error(`The interpreter knows no ${(node as { _: string })._}.`);
  }
}

/** Where a bare `raise` finds the error that is being handled; no name of a program is spelled so. */
const current = '<the handled exception>';

function functionOf(
  node: Extract<Statement, { _: 'FunctionDef' | 'AsyncFunctionDef' }>,
  scope: Scope,
): Promise<HostObject> {
  const run = async (inner: Scope) => {
    const leave = await executeBlock(node.body, inner);
    return leave?.kind === 'return' ? leave.value : null;
  };
  return makeFunction(node.name, node.args, scope, run, node._ === 'AsyncFunctionDef');
}

async function define(
  name: string,
  made: HostObject,
  decorators: readonly Expression[] | undefined,
  scope: Scope,
): Promise<undefined> {
  let value: Value = made;
  for (const decorator of (await evaluateAll(decorators, scope)).reverse())
    value = await call(decorator, [value]);
  scope.set(name, value);
}

async function raiseValue(value: Value): Promise<never> {
  const error = value instanceof HostObject && value.call ? await call(value, []) : value;
  if (error instanceof Error) throw error;
  return raise('TypeError', `exceptions must derive from BaseException, not ${typeName(value)}`);
}

/** The evaluator's names stand for every module: `from a.b import C` finds its `C`. */
function importFrom(names: readonly Alias[], scope: Scope): undefined {
  for (const { name, asname } of names) scope.set(asname ?? name, scope.get(name));
}

async function executeWith(
  [item, ...rest]: readonly { context_expr: Expression; optional_vars?: Expression }[],
  body: readonly Statement[],
  scope: Scope,
): Promise<Leave | undefined> {
  if (!item) return executeBlock(body, scope);
  const manager = await evaluate(item.context_expr, scope);
  if (manager instanceof HostObject && manager.around) {
    let leave: Leave | undefined;
    await manager.around(async () => {
      leave = await executeWith(rest, body, scope);
    });
    return leave;
  }
  if (!(manager instanceof HostObject) || !manager.enter || !manager.exit) {
    return raise('TypeError', `'${typeName(manager)}' object does not support the context manager protocol`);
  }
  const entered = (await manager.enter()) ?? null;
  let leave: Leave | undefined;
  try {
    if (item.optional_vars) await assign(item.optional_vars, entered, scope);
    leave = await executeWith(rest, body, scope);
  } catch (error) {
    if ((await manager.exit(error)) === true) return undefined;
    throw error;
  }
  await manager.exit(undefined);
  return leave;
}

async function executeTry(node: Extract<Statement, { _: 'Try' }>, scope: Scope): Promise<Leave | undefined> {
  let leave: Leave | undefined;
  try {
    leave = await executeBlock(node.body, scope);
    leave ??= await executeBlock(node.orelse, scope);
  } catch (error) {
    const handler = await handlerOf(node.handlers ?? [], error, scope);
    if (!handler) throw error;
    scope.set(current, error);
    if (handler.name !== undefined) scope.set(handler.name, error);
    leave = await executeBlock(handler.body, scope);
  } finally {
    const last = await executeBlock(node.finalbody, scope);
    if (last) leave = last;
  }
  return leave;
}

async function handlerOf(
  handlers: readonly Handler[],
  error: unknown,
  scope: Scope,
): Promise<Handler | undefined> {
  for (const handler of handlers) {
    if (!handler.type || isCaught(error, await evaluate(handler.type, scope))) return handler;
  }
  return undefined;
}

/** Tells whether `except types` catches an error. */
export function isCaught(error: unknown, types: Value): boolean {
  return [types].flat().some((type) => type instanceof HostObject && type.matchesError?.(error) === true);
}
