import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Stands between a cache and its server: lets pass, delays, or answers nonsense. */
export class FaultyProxy {
  /** Milliseconds by which what passes is held back, in both directions. */
  delay = 0;
  /** What is answered instead of what the server says. */
  garbage: Buffer | undefined;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(url: string): Promise<FaultyProxy> {
    const { hostname, port } = new URL(url);
    const server = createServer();
    const proxy = new FaultyProxy(server);
    server.on('connection', (client) => {
      const upstream = connect(Number(port), hostname);
      proxy.#pipe(client, upstream, () => undefined);
      proxy.#pipe(upstream, client, () => proxy.garbage);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  /** What was sent arrives also when who sent it is gone. */
  #pipe(from: Socket, to: Socket, instead: () => Buffer | undefined): void {
    this.#sockets.add(from);
    from.on('error', () => {});
    from.on('data', (bytes) => {
      const sent = instead() ?? bytes;
      if (this.delay > 0) setTimeout(() => to.writable && to.write(sent), this.delay);
      else if (to.writable) to.write(sent);
    });
    from.on('close', () => {
      this.#sockets.delete(from);
      setTimeout(() => to.destroy(), this.delay);
    });
  }
}
