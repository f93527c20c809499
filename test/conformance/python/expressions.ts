import { call, getAttribute, getItem } from './access.js';
import { compare } from './comparison.js';
import { raise } from './errors.js';
import { PythonSlice, tuple, type Value } from './host-object.js';
import { binary, unary } from './operators.js';
import { PythonFunction, Signature } from './program-objects.js';
import { Scope } from './scope.js';
import { assign } from './assignment.js';
import type { Comprehension, Expression, Keyword, Parameters } from './syntax.js';
import { toText } from './text.js';
import { isTrue, iterate } from './types.js';

/** Computes an expression, from left to right as Python does. */
export async function evaluate(node: Expression, scope: Scope): Promise<Value> {
  switch (node._) {
    case 'Constant':
      return node.repr === undefined ? (node.value ?? null) : unusual(node.repr);
    case 'Name':
      return scope.get(node.id);
    case 'Attribute':
      return getAttribute(await evaluate(node.value, scope), node.attr);
    case 'Subscript':
      return getItem(await evaluate(node.value, scope), await evaluate(node.slice, scope));
    case 'Slice':
      return new PythonSlice(
        await optional(node.lower, scope),
        await optional(node.upper, scope),
        await optional(node.step, scope),
      );
    case 'Call':
      return call(
        await evaluate(node.func, scope),
        await evaluateAll(node.args, scope),
        await evaluateKeywords(node.keywords, scope),
      );
    case 'List':
      return evaluateAll(node.elts, scope);
    case 'Tuple':
      return tuple(await evaluateAll(node.elts, scope));
    case 'Set':
      return new Set(await evaluateAll(node.elts, scope));
    case 'Dict':
      return evaluateDict(node, scope);
    case 'ListComp':
    case 'GeneratorExp':
      return comprehend(node.generators, scope, (inner) => evaluate(node.elt, inner));
    case 'SetComp':
      return new Set(await comprehend(node.generators, scope, (inner) => evaluate(node.elt, inner)));
    case 'DictComp':
      return new Map(
        await comprehend(node.generators, scope, async (inner): Promise<[Value, Value]> => [
          await evaluate(node.key, inner),
          await evaluate(node.value, inner),
        ]),
      );
    case 'Lambda':
      return makeFunction('<lambda>', node.args, scope, (inner) => evaluate(node.body, inner));
    case 'IfExp':
      return evaluate((await isTrue(await evaluate(node.test, scope))) ? node.body : node.orelse, scope);
    case 'BoolOp':
      return evaluateBoolean(node.op._ === 'And', node.values, scope);
    case 'UnaryOp': {
      const operand = await evaluate(node.operand, scope);
      return node.op._ === 'Not' ? !(await isTrue(operand)) : unary(node.op._, operand);
    }
    case 'BinOp':
      return binary(node.op._, await evaluate(node.left, scope), await evaluate(node.right, scope));
    case 'Compare':
      return evaluateComparison(node, scope);
    case 'JoinedStr':
      return (await Promise.all((await evaluateAll(node.values, scope)).map(toText))).join('');
    case 'FormattedValue':
    case 'Await':
      return evaluate(node.value, scope);
    case 'Starred':
      return raise('SyntaxError', 'a starred expression belongs into a call or a list');
    default:
      throw new Error(`The interpreter knows no ${(node as { _: string })._}.`);
  }
}

function unusual(repr: string): Value {
  const bytes = /^b(['"])(.*)\1$/s.exec(repr);
  if (bytes) return Buffer.from(bytes[2]!, 'latin1').toString('latin1');
  throw new Error(`The interpreter knows no constant ${repr}.`);
}

async function optional(node: Expression | undefined, scope: Scope): Promise<Value> {
  return node === undefined ? null : evaluate(node, scope);
}

export async function evaluateAll(nodes: readonly Expression[] = [], scope: Scope): Promise<Value[]> {
  const values: Value[] = [];
  for (const node of nodes) {
    if (node._ === 'Starred') values.push(...(await iterate(await evaluate(node.value, scope))));
    else values.push(await evaluate(node, scope));
  }
  return values;
}

async function evaluateKeywords(
  keywords: readonly Keyword[] = [],
  scope: Scope,
): Promise<Record<string, Value>> {
  const values: Record<string, Value> = {};
  for (const { arg, value } of keywords) {
    const given = await evaluate(value, scope);
    if (arg !== undefined) values[arg] = given;
    else if (given instanceof Map) Object.assign(values, Object.fromEntries(given));
    else raise('TypeError', 'argument after ** must be a mapping');
  }
  return values;
}

async function evaluateDict(
  node: Extract<Expression, { _: 'Dict' }>,
  scope: Scope,
): Promise<Map<Value, Value>> {
  const dict = new Map<Value, Value>();
  for (const [index, key] of (node.keys ?? []).entries()) {
    const value = await evaluate(node.values![index]!, scope);
    if (key !== null) dict.set(await evaluate(key, scope), value);
    else for (const [name, item] of value as Map<Value, Value>) dict.set(name, item);
  }
  return dict;
}

async function evaluateBoolean(isAnd: boolean, nodes: readonly Expression[], scope: Scope): Promise<Value> {
  let value: Value = null;
  for (const node of nodes) {
    value = await evaluate(node, scope);
    if ((await isTrue(value)) !== isAnd) return value;
  }
  return value;
}

async function evaluateComparison(
  node: Extract<Expression, { _: 'Compare' }>,
  scope: Scope,
): Promise<boolean> {
  let left = await evaluate(node.left, scope);
  for (const [index, { _: operator }] of node.ops.entries()) {
    const right = await evaluate(node.comparators[index]!, scope);
    if (!(await compare(operator, left, right))) return false;
    left = right;
  }
  return true;
}

async function comprehend<T>(
  [first, ...rest]: readonly Comprehension[],
  scope: Scope,
  collect: (scope: Scope) => Promise<T>,
): Promise<T[]> {
  if (!first) return [await collect(scope)];
  const collected: T[] = [];
  for (const item of await iterate(await evaluate(first.iter, scope))) {
    // A scope an item, so that a lambda in the element keeps nothing that Python would share.
    const inner = new Scope(scope);
    await assign(first.target, item, inner);
    if (await areTrue(first.ifs, inner)) collected.push(...(await comprehend(rest, inner, collect)));
  }
  return collected;
}

async function areTrue(tests: readonly Expression[] = [], scope: Scope): Promise<boolean> {
  for (const test of tests) if (!(await isTrue(await evaluate(test, scope)))) return false;
  return true;
}

/** Makes a function whose defaults are computed now and whose body runs in a scope of its own. */
export async function makeFunction(
  name: string,
  parameters: Parameters,
  scope: Scope,
  run: (scope: Scope) => Promise<Value>,
  isAsync = false,
): Promise<PythonFunction> {
  const defaults = await evaluateAll(parameters.defaults, scope);
  const keywordDefaults: Record<string, Value> = {};
  for (const [index, node] of (parameters.kw_defaults ?? []).entries()) {
    if (node) keywordDefaults[parameters.kwonlyargs![index]!.arg] = await evaluate(node, scope);
  }
  const signature = new Signature(parameters, defaults, keywordDefaults);
  return new PythonFunction(name, isAsync, signature, (locals) => run(new Scope(scope, locals)));
}
