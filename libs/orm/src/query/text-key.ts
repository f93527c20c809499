/** A text as a part of a key: no two lists of texts are put together to the same one. */
export function textKey(text: string): string {
  return `${text.length}:${text}`;
}
