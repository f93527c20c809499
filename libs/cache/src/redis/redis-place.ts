import { createClient, type RedisClientOptions } from 'redis';

/** Where Redis is: one server, the master that sentinels name, or a cluster. */
export type RedisPlace =
  | { readonly kind: 'server'; readonly url: string }
  | { readonly kind: 'sentinel'; readonly name: string; readonly urls: readonly string[] }
  | { readonly kind: 'cluster'; readonly urls: readonly string[] };

/**
 * Finds the one server to connect to; in a cluster any, since messages go everywhere.
 *
 * @param connectTimeout Milliseconds.
 */
export async function locate(
  place: RedisPlace,
  options: RedisClientOptions,
  connectTimeout: number,
): Promise<RedisClientOptions> {
  switch (place.kind) {
    case 'server':
      return { ...options, url: place.url };
    case 'cluster':
      return { ...options, url: place.urls[Math.floor(Math.random() * place.urls.length)] };
    case 'sentinel':
      return { ...options, ...(await askSentinels(place, connectTimeout)) };
  }
}

/** Asks all sentinels at once: the first that knows answers. */
async function askSentinels(
  { name, urls }: RedisPlace & { kind: 'sentinel' },
  connectTimeout: number,
): Promise<RedisClientOptions> {
  try {
    return await Promise.any(urls.map((url) => askSentinel(url, name, connectTimeout)));
  } catch (error) {
    const [first] = (error as AggregateError).errors as Error[];
    throw new Error(`no sentinel names the master "${name}": ${first?.message ?? 'none was asked'}`, {
      cause: error,
    });
  }
}

async function askSentinel(url: string, name: string, connectTimeout: number): Promise<RedisClientOptions> {
  const sentinel = createClient({ url, socket: { connectTimeout, reconnectStrategy: false } });
  // What fails is seen by the command.
  sentinel.on('error', () => {});
  const late = setTimeout(() => sentinel.isOpen && sentinel.destroy(), connectTimeout);
  try {
    await sentinel.connect();
    const master = await sentinel.sendCommand<[string, string] | null>([
      'SENTINEL',
      'GET-MASTER-ADDR-BY-NAME',
      name,
    ]);
    if (!master) throw new Error('there is no master of that name');
    return { socket: { host: master[0], port: Number(master[1]) } };
  } finally {
    clearTimeout(late);
    if (sentinel.isOpen) sentinel.destroy();
  }
}
