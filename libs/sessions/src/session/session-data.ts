import type { SessionData as ExpressSessionData } from 'express-session';

/**
 * Names and types the keys of the application's sessions; extend it where the keys belong.
 *
 * What is declared for express-session counts here too.
 *
 * @example
 * declare module '@nest-quintet/sessions' {
 *   interface SessionData {
 *     visits: number;
 *   }
 * }
 */
// An interface, not a type: only interfaces can be extended from outside.
export interface SessionData extends Omit<ExpressSessionData, 'cookie'> {}

/** The declared keys; any other text is a key as well. */
export type SessionKey = Extract<keyof SessionData, string>;
