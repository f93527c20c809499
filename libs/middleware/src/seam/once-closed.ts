import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const listenersBySocket = new WeakMap<Socket, Set<() => void>>();

/**
 * Calls `listener` once when the response is over: sent to the end, or its client has gone.
 *
 * The response of a pipelined request is told nothing when the connection closes before its turn, so that it listens
 * to the connection itself; all of a connection share one listener.
 */
export function onceClosed(raw: ServerResponse, listener: () => void): void {
  const socket = raw.req.socket as Socket | undefined;
  if (raw.socket !== null || socket === undefined || typeof socket.once !== 'function') {
    raw.once('close', listener);
    return;
  }
  let listeners = listenersBySocket.get(socket);
  if (listeners === undefined) {
    listeners = new Set();
    listenersBySocket.set(socket, listeners);
    const waiting = listeners;
    socket.once('close', () => {
      for (const call of waiting) call();
    });
  }
  const once = (): void => {
    if (listeners.delete(once)) listener();
  };
  listeners.add(once);
  raw.once('close', once);
}
