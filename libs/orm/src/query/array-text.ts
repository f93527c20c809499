const item = /"((?:[^"\\]|\\.)*)"|([^,{}]+)/gs;

/**
 * Reads the text of an array, which is how drivers hand over arrays of types that they do not know, such as enums.
 *
 * @example
 * readArray('{painting,"tex tile",NULL}') // ['painting', 'tex tile', null]
 */
export function readArray(text: string): (string | null)[] {
  return Array.from(text.matchAll(item), ([, quoted, plain]) => {
    if (quoted !== undefined) return quoted.replace(/\\(.)/gs, '$1');
    return plain === 'NULL' ? null : plain!;
  });
}

/** Writes the text of an array of texts, which a driver passes on as it is. */
export function writeArray(items: readonly unknown[]): string {
  const texts = items.map((each) =>
    each === null ? 'NULL' : `"${String(each as string | number).replace(/["\\]/g, '\\$&')}"`,
  );
  return `{${texts.join()}}`;
}
