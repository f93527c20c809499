import { describe, expect, it } from '@jest/globals';
import { BadSignatureError, ImproperlyConfiguredError, Signer } from './index.js';

const secrets = ['current secret', 'previous secret'];

describe('Signer', () => {
  it('returns what it signed', () => {
    const signer = new Signer({ secrets, salt: 'test' });
    expect(signer.unsign(signer.sign('a.b.c'))).toBe('a.b.c');
  });

  it('accepts a retired secret and signs with the current one', () => {
    const old = new Signer({ secrets: ['previous secret'], salt: 'test' });
    const signer = new Signer({ secrets, salt: 'test' });
    expect(signer.unsign(old.sign('value'))).toBe('value');
    expect(() => old.unsign(signer.sign('value'))).toThrow(BadSignatureError);
  });

  it('refuses a value signed for another use', () => {
    const signed = new Signer({ secrets, salt: 'csrf' }).sign('value');
    expect(() => new Signer({ secrets, salt: 'sessions' }).unsign(signed)).toThrow(BadSignatureError);
  });

  it('refuses a change of any single character', () => {
    const signer = new Signer({ secrets, salt: 'test' });
    const signed = signer.sign('value');
    for (let at = 0; at < signed.length; at++) {
      const tampered = signed.slice(0, at) + (signed[at] === 'A' ? 'B' : 'A') + signed.slice(at + 1);
      expect(() => signer.unsign(tampered)).toThrow(BadSignatureError);
    }
    expect(() => signer.unsign('')).toThrow(BadSignatureError);
    expect(() => signer.unsign(`${signed}=`)).toThrow(BadSignatureError);
  });

  it('refuses an empty secret at once', () => {
    expect(() => new Signer({ secrets: [], salt: 'test' })).toThrow(ImproperlyConfiguredError);
    expect(() => new Signer({ secrets: ['ok', ''], salt: 'test' })).toThrow(/secret for "test" is empty/);
  });
});
