/** What a store holds around a value, and no caller ever sees. */
export abstract class Envelope {}
