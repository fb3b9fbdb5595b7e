// Listening, as the handles of both kinds of server do it. It knows no handle and calls nobody back.

import net from 'node:net';

// Node takes every connection at once. Those whose turn has not come are held like this many in a listen queue.
const BACKLOG = 128;

/** A listener that is not listening yet; `arrived` is called with each connection, which is not read before its turn. */
export function makeListener(arrived, places = 1) {
  // pauseOnConnect: a client that waits is not read. allowHalfOpen: when its side is closed, ours still may speak.
  const listener = net.createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true });
  listener.maxConnections = BACKLOG + places;
  return listener.on('connection', arrived);
}

/** Bind it. Fulfilled with null, or with the error for which it cannot listen. */
export function begin(listener, host, port) {
  return new Promise((settle) => {
    listener.once('listening', () => settle(null)).once('error', settle);
    listener.once('close', () => settle(new Error('destroyed while init was under way'))); // never 'listening' then
    listener.listen({ host, port });
  });
}
