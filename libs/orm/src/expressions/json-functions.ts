import { call, parameter, sql } from '../query/sql.js';
import { typeOf } from '../query/value-type.js';
import type { Argument } from './expression.js';
import { FunctionCall } from './func.js';
import { argumentOf } from './reference.js';

/** A JSON object of named values. Django: `JSONObject`. */
export function JSONObject(
  entries: Readonly<Record<string, Argument>>,
): FunctionCall<Record<string, unknown>> {
  const names = Object.keys(entries);
  const args = Object.values(entries).map(argumentOf);
  return new FunctionCall(
    'jsonb_build_object',
    args,
    () => typeOf('Json'),
    (operands) => {
      const pairs = operands.flatMap(({ node }, index) => [
        sql`cast(${parameter(names[index])} as text)`,
        node,
      ]);
      return call('jsonb_build_object', pairs);
    },
  );
}
