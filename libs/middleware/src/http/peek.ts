/** Names the one method of a response that only the writer calls. @internal */
export const PEEK = Symbol('peek');
