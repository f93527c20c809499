import { typeOf } from '../query/value-type.js';
import { type Argument, Literal } from './expression.js';
import { FunctionCall } from './func.js';
import { argumentOf } from './reference.js';

/** A JSON object of named values. Django: `JSONObject`. */
export function JSONObject(
  entries: Readonly<Record<string, Argument>>,
): FunctionCall<Record<string, unknown>> {
  const args = Object.entries(entries).flatMap(([name, value]) => [new Literal(name), argumentOf(value)]);
  return new FunctionCall('json_object', args, () => typeOf('Json'));
}
