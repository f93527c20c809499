import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import {
  ExceptionClass,
  exceptions,
  HostObject,
  isNamed,
  native,
  Program,
  pythonNames,
  type Value,
} from './index.js';
import type { Statement } from './index.js';

interface Recorded {
  text: string;
  ast: Statement[];
  returns?: unknown;
  error?: string;
}

const recorded = JSON.parse(
  readFileSync(fileURLToPath(new URL('./programs.json', import.meta.url)), 'utf8'),
) as Recorded[];

/** Encodes as `record.py` does. */
function encode(value: Value): unknown {
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, item]) => [String(key), encode(item)]));
  if (value instanceof Set) return [...value].map(encode).sort((a, b) => (String(a) < String(b) ? -1 : 1));
  return Array.isArray(value) ? value.map(encode) : value;
}

async function outcomeOf(ast: Statement[]): Promise<object> {
  try {
    return { returns: encode(await new Program({}).run(ast)) };
  } catch (error) {
    return { error: pythonNames(error)[0] };
  }
}

describe('Program', () => {
  it.each(recorded)('runs as Python does: $text', async ({ ast, returns, error }) => {
    expect(await outcomeOf(ast)).toEqual(error === undefined ? { returns } : { error });
  });

  it('keeps its names from one piece to the next', async () => {
    const program = new Program({});
    const [assignment, use] = recorded
      .find(({ text }) => text.startsWith('x = 1; x += 4'))!
      .ast.toSpliced(1, 2);
    expect(await program.run([assignment!])).toBeUndefined();
    expect(await program.run([use!])).toBe(1);
  });
});

describe('A host object', () => {
  class Money extends HostObject {
    readonly typeName = 'Money';

    constructor(readonly cents: number) {
      super();
    }

    override getAttribute(name: string): Value {
      return name === 'cents' ? this.cents : undefined;
    }

    override binary(_operator: string, other: Value, isReflected: boolean): Value {
      return typeof other === 'number'
        ? new Money(isReflected ? other - this.cents : this.cents - other)
        : undefined;
    }
  }

  const subtract = (left: string, right: string): Statement => ({
    _: 'Expr',
    value: {
      _: 'Attribute',
      attr: 'cents',
      value: { _: 'BinOp', left: { _: 'Name', id: left }, op: { _: 'Sub' }, right: { _: 'Name', id: right } },
    },
  });

  it('answers operators on either side', async () => {
    const program = new Program({ money: new Money(300), five: 5, text: 'a' });
    expect(await program.run([subtract('money', 'five')])).toBe(295);
    expect(await program.run([subtract('five', 'money')])).toBe(-295);
    await expect(program.run([subtract('money', 'text')])).rejects.toThrow(/unsupported operand/);
  });

  it('is called with positional and keyword arguments, and may answer later', async () => {
    const later = native('later', (args, keywords) => Promise.resolve([...args, keywords]));
    const value = await new Program({ later }).evaluate({
      _: 'Call',
      func: { _: 'Name', id: 'later' },
      args: [{ _: 'Constant', value: 1 }],
      keywords: [{ arg: 'n', value: { _: 'Constant', value: null } }],
    });
    expect(value).toEqual([1, { n: null }]);
  });
});

describe('pythonNames()', () => {
  class DoesNotExistError extends Error {}
  class BookDoesNotExistError extends DoesNotExistError {}

  it('knows our classes by their own name and by Python’s spelling', () => {
    expect(isNamed(new BookDoesNotExistError(), 'DoesNotExist')).toBe(true);
    expect(isNamed(new DoesNotExistError(), 'DoesNotExistError')).toBe(true);
    expect(isNamed(new DoesNotExistError(), 'ValueError')).toBe(false);
  });

  it('never takes a defect for an expected error', () => {
    expect(isNamed(new TypeError('x is not a function'), 'TypeError')).toBe(false);
    expect(isNamed(exceptions.TypeError!.call(['no']), 'TypeError')).toBe(true);
  });

  it('follows the lineage of a class of the program', () => {
    const own = new ExceptionClass('Broken', exceptions.ValueError);
    expect(pythonNames(own.call([]))).toEqual(['Broken', 'ValueError', 'Exception', 'BaseException']);
  });
});
