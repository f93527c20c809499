/**
 * What the shop's pages may load: their style sheet, images and forms of the shop itself, and no script but one with
 * the nonce of the response, which the debug toolbar has.
 */
export const contentSecurityPolicy: Record<string, readonly string[]> = {
  defaultSrc: ["'none'"],
  styleSrc: ["'self'", "'nonce'"],
  scriptSrc: ["'nonce'"],
  imgSrc: ["'self'"],
  connectSrc: ["'self'"],
  formAction: ["'self'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
};
