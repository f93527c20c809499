import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SessionSerializationError } from '../errors.js';
import { jsonSerializer } from './json.serializer.js';

function roundTrip(values: Record<string, unknown>): unknown {
  return { ...jsonSerializer.decode(jsonSerializer.encode(values)) };
}

describe('jsonSerializer', () => {
  it('brings back dates and bigints, however deep', () => {
    const values = { at: new Date('2024-05-01T12:00:00Z'), deep: [{ big: 2n ** 80n, when: new Date(0) }] };
    expect(roundTrip(values)).toEqual(values);
  });

  it('keeps objects that look like its own marks', () => {
    const values = { a: { $date: 'today' }, b: { $$bigint: { $date: 1 } }, c: { $date: 1, x: 2 } };
    expect(roundTrip(values)).toEqual(values);
  });

  it('brings back whatever JSON can hold', () => {
    const json = fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);
    fc.assert(
      fc.property(fc.dictionary(fc.string(), json), (values) => {
        delete values['__proto__'];
        const expected: unknown = JSON.parse(JSON.stringify(values), (key, value: unknown) =>
          key === '__proto__' ? undefined : value,
        );
        expect(roundTrip(values)).toEqual({ ...(expected as object) });
      }),
    );
  });

  it('lets an object say what it is stored as', () => {
    expect(roundTrip({ url: new URL('http://a.example/') })).toEqual({ url: 'http://a.example/' });
  });

  it.each([
    ['a function', { user: { name: () => 'Ann' } }, 'session.user.name is a function'],
    ['a Map', { cart: [new Map()] }, 'session.cart[0] is an instance of Map'],
    ['not-a-number', { total: Number.NaN }, 'session.total is NaN'],
    ['an invalid date', { at: new Date('never') }, 'session.at is an invalid Date'],
  ])('refuses %s and says where it is', (_, values, message) => {
    expect(() => jsonSerializer.encode(values)).toThrow(SessionSerializationError);
    expect(() => jsonSerializer.encode(values)).toThrow(message);
  });

  it('refuses a value that contains itself, but not one that occurs twice', () => {
    const shared = { a: 1 };
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    expect(() => jsonSerializer.encode({ loop })).toThrow(/session\.loop\.self is a reference/);
    expect(roundTrip({ x: shared, y: shared })).toEqual({ x: shared, y: shared });
  });

  it('never brings back a prototype', () => {
    const text = '{"__proto__":{"admin":true},"user":{"__proto__":{"admin":true},"name":"Ann"}}';
    const values = jsonSerializer.decode(text);
    const user = values.user as Record<string, unknown>;
    expect(Object.keys(values)).toEqual(['user']);
    expect(user).toEqual({ name: 'Ann' });
    expect(Object.assign({}, user)).not.toHaveProperty('admin');
    expect(values).not.toHaveProperty('toString');
  });

  it('refuses to read what is no object', () => {
    expect(() => jsonSerializer.decode('[1]')).toThrow(SessionSerializationError);
    expect(() => jsonSerializer.decode('not JSON')).toThrow(SyntaxError);
  });
});
