const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const S = 'abcdefghijklmnopqrstuvwxyzABCDEF';
const T = 'ZYXWVUTSRQPONMLKJIHGFEDCBA987654';
const MASK = '0123456789abcdefghijABCDEFGHIJKL';

/** Makes the value that a case names: a secret, a mask of it, or something that is neither. */
export function tokenOf(name: string): string {
  switch (name) {
    case 'secret':
      return S;
    case 'masked':
      return mask(S);
    case 'other secret':
      return T;
    case 'other masked':
      return mask(T);
    case 'empty':
      return '';
    case 'unicode':
      return 'é'.repeat(32);
    default: {
      const [, length, bad] = /^(\d+) chars( bad)?$/.exec(name) ?? [];
      if (length === undefined) throw new Error(`There is no token called "${name}".`);
      return 'a'.repeat(Number(length) - (bad ? 1 : 0)) + (bad ? '!' : '');
    }
  }
}

function mask(secret: string): string {
  const place = (letter: string) => ALPHABET.indexOf(letter);
  const masked = Array.from(secret).map(
    (letter, at) => ALPHABET[(place(letter) + place(MASK[at]!)) % ALPHABET.length],
  );
  return MASK + masked.join('');
}
