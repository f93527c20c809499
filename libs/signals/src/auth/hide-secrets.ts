const secret = /api|token|key|secret|password|signature/i;
const stars = '*'.repeat(20);

/** Makes a copy of credentials in which whatever is named like a secret cannot be read, however long it is. */
export function hideSecrets(credentials: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(credentials).map(([name, value]) => [name, secret.test(name) ? stars : value]),
  );
}
