import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { flawOf, isSameSecret, makeSecret, maskSecret, secretOf } from './tokens.js';

describe('the tokens of forms', () => {
  it('are another one each time and stand for one secret', () => {
    const secret = makeSecret();
    const [one, other] = [maskSecret(secret), maskSecret(secret)];
    expect(one).not.toBe(other);
    expect([secretOf(one), secretOf(other), secretOf(secret)]).toEqual([secret, secret, secret]);
    expect([isSameSecret(one, other), isSameSecret(one, maskSecret(makeSecret()))]).toEqual([true, false]);
  });

  it('are spoilt by a change of any letter', () => {
    const secret = makeSecret();
    const token = maskSecret(secret);
    for (let at = 0; at < token.length; at++) {
      const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
      expect(isSameSecret(changed, secret)).toBe(false);
    }
  });

  it('are told from anything else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 70 }), (text) => {
        const isToken = /^[a-zA-Z0-9]{32}$|^[a-zA-Z0-9]{64}$/.test(text);
        expect(flawOf(text) === undefined).toBe(isToken);
      }),
    );
    expect(flawOf(makeSecret())).toBeUndefined();
  });
});
