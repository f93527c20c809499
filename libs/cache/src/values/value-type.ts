/**
 * Teaches the cache a class, so that its instances come back as instances from every backend.
 *
 * @example
 * const decimal: ValueType<Decimal, string> = {
 *   name: 'Decimal',
 *   is: (value) => Decimal.isDecimal(value),
 *   toData: (value) => value.toString(),
 *   fromData: (text) => new Decimal(text),
 *   isImmutable: true,
 * };
 * memoryCache({ types: [decimal] });
 */
// `any` lets types of different classes stand in one list.
// oxlint-disable-next-line typescript/no-explicit-any
export interface ValueType<T = any, D = any> {
  /** The name written beside the data; renaming it makes what is stored unreadable, which is a miss. */
  readonly name: string;
  is(value: unknown): boolean;
  /** Returns plain data, bytes, or values of other known types. */
  toData(value: T): D;
  fromData(data: D): T;
  /** Whether callers may share one instance in memory, because it cannot be changed. */
  readonly isImmutable?: boolean;
}
