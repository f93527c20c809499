/** Python's syntax trees as JSON: the names of Python's `ast` module, `_` for the class, empty fields left out. */
export type Expression =
  | { _: 'Constant'; value?: string | number | boolean | null; repr?: string }
  | { _: 'Name'; id: string }
  | { _: 'Attribute'; value: Expression; attr: string }
  | { _: 'Subscript'; value: Expression; slice: Expression }
  | { _: 'Slice'; lower?: Expression; upper?: Expression; step?: Expression }
  | { _: 'Call'; func: Expression; args?: Expression[]; keywords?: Keyword[] }
  | { _: 'Starred'; value: Expression }
  | { _: 'List' | 'Tuple' | 'Set'; elts?: Expression[] }
  | { _: 'Dict'; keys?: (Expression | null)[]; values?: Expression[] }
  | { _: 'ListComp' | 'SetComp' | 'GeneratorExp'; elt: Expression; generators: Comprehension[] }
  | { _: 'DictComp'; key: Expression; value: Expression; generators: Comprehension[] }
  | { _: 'Lambda'; args: Parameters; body: Expression }
  | { _: 'IfExp'; test: Expression; body: Expression; orelse: Expression }
  | { _: 'BoolOp'; op: { _: 'And' | 'Or' }; values: Expression[] }
  | { _: 'UnaryOp'; op: { _: UnaryOperator | 'Not' }; operand: Expression }
  | { _: 'BinOp'; left: Expression; op: { _: BinaryOperator }; right: Expression }
  | { _: 'Compare'; left: Expression; ops: { _: ComparisonOperator }[]; comparators: Expression[] }
  | { _: 'JoinedStr'; values?: Expression[] }
  | { _: 'FormattedValue'; value: Expression }
  | { _: 'Await'; value: Expression };

export type UnaryOperator = 'USub' | 'UAdd' | 'Invert';
export type BinaryOperator =
  | 'Add'
  | 'Sub'
  | 'Mult'
  | 'Div'
  | 'FloorDiv'
  | 'Mod'
  | 'Pow'
  | 'BitAnd'
  | 'BitOr'
  | 'BitXor'
  | 'LShift'
  | 'RShift';
export type ComparisonOperator =
  'Eq' | 'NotEq' | 'Lt' | 'LtE' | 'Gt' | 'GtE' | 'In' | 'NotIn' | 'Is' | 'IsNot';

export interface Keyword {
  /** Absent for `**mapping`. */
  arg?: string;
  value: Expression;
}

export interface Comprehension {
  target: Expression;
  iter: Expression;
  ifs?: Expression[];
}

export interface Parameters {
  posonlyargs?: { arg: string }[];
  args?: { arg: string }[];
  /** The values of the last parameters. */
  defaults?: Expression[];
  vararg?: { arg: string };
  kwonlyargs?: { arg: string }[];
  /** One entry for each of `kwonlyargs`; null where it must be given. */
  kw_defaults?: (Expression | null)[];
  kwarg?: { arg: string };
}

export type Statement =
  | { _: 'Expr'; value: Expression }
  | { _: 'Assign'; targets: Expression[]; value: Expression }
  | { _: 'AnnAssign'; target: Expression; value?: Expression }
  | { _: 'AugAssign'; target: Expression; op: { _: BinaryOperator }; value: Expression }
  | { _: 'Delete'; targets: Expression[] }
  | {
      _: 'FunctionDef' | 'AsyncFunctionDef';
      name: string;
      args: Parameters;
      body: Statement[];
      decorator_list?: Expression[];
    }
  | { _: 'ClassDef'; name: string; bases?: Expression[]; body: Statement[]; decorator_list?: Expression[] }
  | { _: 'Return'; value?: Expression }
  | { _: 'Raise'; exc?: Expression; cause?: Expression }
  | { _: 'Assert'; test: Expression; msg?: Expression }
  | { _: 'If' | 'While'; test: Expression; body: Statement[]; orelse?: Statement[] }
  | { _: 'For'; target: Expression; iter: Expression; body: Statement[]; orelse?: Statement[] }
  | {
      _: 'With' | 'AsyncWith';
      items: { context_expr: Expression; optional_vars?: Expression }[];
      body: Statement[];
    }
  | { _: 'Try'; body: Statement[]; handlers?: Handler[]; orelse?: Statement[]; finalbody?: Statement[] }
  | { _: 'Import'; names: Alias[] }
  | { _: 'ImportFrom'; module: string; names: Alias[] }
  | { _: 'Global' | 'Nonlocal'; names: string[] }
  | { _: 'Pass' | 'Break' | 'Continue' };

export interface Handler {
  type?: Expression;
  name?: string;
  body: Statement[];
}

export interface Alias {
  name: string;
  asname?: string;
}
