import type { OperationNode } from 'kysely';
import type { Operand } from '../../expressions/expression.js';
import type { NotSupportedError } from '../../errors.js';
import { call, keyword, sql } from '../sql.js';

type Write = (args: readonly Operand[]) => OperationNode;

/** PostgreSQL's functions as SQLite spells or computes them. */
export function sqliteFunctions(unsupported: (what: string) => NotSupportedError): Record<string, Write> {
  const renamed =
    (name: string): Write =>
    (args) =>
      call(
        name,
        args.map(({ node }) => node),
      );
  const missing =
    (name: string): Write =>
    () => {
      throw unsupported(`function ${name}`);
    };
  return {
    greatest: renamed('max'),
    least: renamed('min'),
    strpos: renamed('instr'),
    ascii: renamed('unicode'),
    chr: renamed('char'),
    mod: ([left, right]) => sql`(${left!.node} % ${right!.node})`,
    log: ([base, value]) => sql`(ln(${value!.node}) / ln(${base!.node}))`,
    right: ([value, length]) => ofLength(length!.node, sql`substr(${value!.node}, -(${length!.node}))`),
    repeat: ([value, times]) => repeated(value!.node, times!.node),
    lpad: ([value, length, fill]) => padded(value!.node, length!.node, fill!.node, 'start'),
    rpad: ([value, length, fill]) => padded(value!.node, length!.node, fill!.node, 'end'),
    md5: missing('MD5'),
    sha256: missing('SHA256'),
  };
}

/** The last nought characters are none; SQLite would count from the end that is the start. */
function ofLength(length: OperationNode, text: OperationNode): OperationNode {
  return sql`(case when ${length} = 0 then '' else ${text} end)`;
}

function repeated(text: OperationNode, times: OperationNode): OperationNode {
  return sql`replace(hex(zeroblob(${times})), '00', ${text})`;
}

function padded(
  text: OperationNode,
  length: OperationNode,
  fill: OperationNode,
  side: 'start' | 'end',
): OperationNode {
  const missing = sql`(${length} - length(${text}))`;
  const filling = sql`substr(${repeated(fill, missing)}, 1, ${missing})`;
  const both = side === 'start' ? sql`${filling} || ${text}` : sql`${text} || ${filling}`;
  return sql`(case when ${missing} <= 0 then substr(${text}, 1, ${length}) else ${both} end)${keyword('')}`;
}
