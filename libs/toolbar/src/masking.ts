/** What stands in the place of a secret. */
export const MASK = '••••••••';

const SECRET =
  /pass(word|wd|phrase)?|secret|token|api.?key|private.?key|credential|authorization|cookie|session.?(id|key)|csrf|signature|card.?number|\bcvv?\b/i;

/** Says whether a name is that of something nobody should read over somebody's shoulder. */
export function isSecretName(name: string): boolean {
  return SECRET.test(name);
}

/** Copies a value with every secret masked, as far down as it is shown. */
export function maskSecrets(value: unknown, depth = 6): unknown {
  if (typeof value !== 'object' || value === null || depth === 0) return value;
  if (Array.isArray(value)) return value.map((item) => maskSecrets(item, depth - 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      isSecretName(key) ? MASK : maskSecrets(item, depth - 1),
    ]),
  );
}

/** Masks the user and the password of every URL in a text. */
export function maskUrls(text: string): string {
  return text.replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@]*@/gi, `$1${MASK}@`);
}

/** Masks the values of secret parameters in a query string or a form. */
export function maskQuery(url: string): string {
  return url.replace(/([?&])([^=&#]*)=([^&#]*)/g, (whole, start: string, name: string) =>
    isSecretName(safelyDecoded(name)) ? `${start}${name}=${MASK}` : whole,
  );
}

function safelyDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Masks the parameters of a statement that belong to secret columns; all of them where a secret column is named and
 * it is not plain which parameter is its.
 */
export function maskParameters(sql: string, parameters: readonly unknown[]): readonly unknown[] {
  const columns = [...sql.matchAll(/"([^"]+)"|`([^`]+)`/g)].map(([, first, second]) => first ?? second!);
  if (!columns.some(isSecretName)) return parameters;
  const owners = ownersOf(sql);
  return parameters.map((parameter, index) => {
    const owner = owners.get(index);
    return owner === undefined || isSecretName(owner) ? MASK : parameter;
  });
}

/** Finds the columns that parameters are compared with or written to. */
function ownersOf(sql: string): Map<number, string> {
  const owners = new Map<number, string>();
  for (const [, column, number] of sql.matchAll(/"([^"]+)"\s*(?:=|<>|!=|<=?|>=?|I?LIKE)\s*\$(\d+)/gi))
    owners.set(Number(number) - 1, column!);
  const [, list = '', rows = ''] = /INSERT\s+INTO\s+[^(]+\(([^)]*)\)\s*VALUES\s*(\(.*)/is.exec(sql) ?? [];
  const columns = [...list.matchAll(/"([^"]+)"/g)].map(([, column]) => column!);
  for (const [, row] of rows.matchAll(/\(([^()]*)\)/g)) {
    row!.split(',').forEach((value, at) => {
      const [, number] = /^\s*\$(\d+)\s*$/.exec(value) ?? [];
      if (number !== undefined && columns[at] !== undefined) owners.set(Number(number) - 1, columns[at]);
    });
  }
  return owners;
}
