// HttpServer: many clients, and requests in place of bytes, over node's own http module. Here are the class to derive
// from and its handle, which opens, ticks and calls back; one connection is http_connection.js.
//
//     class Page extends HttpServer {
//       onRequest(exchange, method, target) { this.respond(exchange, 200, [], Buffer.from(target)); }
//     }
//     const page = new Page();
//     page.makeHttpServerAdapter();
//     await page.init(8000);
//     setInterval(() => page.tick(), 16);

import http from 'node:http';
import { constants } from 'node:os';
import { codeOf, EmptyOrphanError, Handle, NoHandleError, OccupiedOrphanError, WrongHandleError } from './handle.js';
import { HttpConnection, makeParser } from './http_connection.js';
import { begin, makeListener } from './listener.js';

const { EALREADY, EINVAL } = constants.errno;

/** What a stranger may send: bytes of the request line, of the head and of the body; fields; connections at a time. And
 * how many ticks a connection may stand still where it is its client's turn, 0 for ever. */
export const HTTP_LIMITS = { line: 16 << 10, head: 64 << 10, fields: 256, body: 16 << 20, connections: 64, stall: 0 };
/** What one tick does at most: bytes that are parsed, in all and of one client, and requests that are called back. */
const PARSED_PER_TICK = 1 << 20;
const PARSED_IN_TURN = 64 << 10;
const REQUESTS_PER_TICK = 40;

/** The handle: the listener, the connections, and the object whose callbacks they cause. It outlives the object. */
export class NetworkHttpServer extends Handle {
  #limits;
  #parser;
  #listener = null;
  #waiting = []; // sockets that no tick has taken
  #connections = new Set();
  #asked = new Map(); // exchange -> the connection that waits for its answer
  #exchanges = 0;
  #trouble = null;

  constructor(limits) {
    super('client', 'makeHttpServerAdapter');
    this.#limits = limits;
    this.#parser = makeParser(limits);
  }

  get isOpen() {
    return this.#listener?.listening ?? false;
  }

  get port() {
    return this.isOpen ? this.#listener.address().port : null;
  }

  async init(port) {
    this._refuseIfClosed();
    if (this.#listener) return this._fail('already listening: destroy() it first', EALREADY);
    if (!Number.isInteger(port) || port < 0 || port > 65535) return this._fail(`there is no port ${port}`, EINVAL);
    const listener = makeListener((socket) => this.#arrived(socket), this.#limits.connections);
    this.#listener = listener;
    const error = await begin(listener, this._owner?.host ?? '127.0.0.1', port);
    if (error) {
      this.#listener = null;
      return this._fail(`cannot listen on port ${port}: ${error.message}`, codeOf(error));
    }
    listener.on('error', (trouble) => (this.#trouble = trouble));
    this._owner?.onLog(`listening on port ${this.port}`);
    return true;
  }

  #arrived(socket) {
    socket.on('error', () => {}); // one that is reset while it waits is taken, and found gone
    this.#waiting.push(socket);
  }

  // --- one tick

  _tell(owner) {
    this.#connections.forEach((connection) => this.#lookAfter(connection));
    this.#take();
    this.#parse();
    this.#reject(owner);
    // Nobody's second request is told of before everybody's first.
    for (let left = REQUESTS_PER_TICK; left > 0; ) {
      const ready = [...this.#connections].filter((connection) => connection.next);
      if (ready.length === 0) break;
      for (const connection of ready.slice(0, left)) {
        left -= 1;
        this.#tell(owner, connection);
        if (this._owner !== owner) return; // saved or destroyed in the callback: the rest is the next owner's
      }
    }
    this.#reject(owner);
    if (this.#trouble && this._owner === owner) {
      const trouble = this.#trouble;
      this.#trouble = null;
      owner.onError(`a client cannot be taken: ${trouble.message}`, codeOf(trouble));
    }
  }

  // What is over makes room for others.
  #lookAfter(connection) {
    if (!connection.over && connection.hasStalled(this.#limits.stall)) connection.timeOut();
    if (!connection.over) return;
    connection.close();
    this.#connections.delete(connection);
    for (const [exchange, asked] of this.#asked) if (asked === connection) this.#asked.delete(exchange);
  }

  #take() {
    while (this.#waiting.length > 0 && this.#connections.size < this.#limits.connections) {
      this.#connections.add(new HttpConnection(this.#waiting.shift(), this.#parser, this.#limits));
    }
  }

  #parse() {
    let left = PARSED_PER_TICK;
    for (const connection of [...this.#connections]) {
      if (left <= 0) return;
      const fed = connection.feed(Math.min(left, PARSED_IN_TURN));
      left -= fed;
      if (fed === 0) continue;
      // Behind the others, so that those whose turn did not come are the first in the next tick.
      this.#connections.delete(connection);
      this.#connections.add(connection);
    }
  }

  #reject(owner) {
    for (const connection of [...this.#connections]) {
      if (this._owner !== owner) return;
      if (!connection.rejectInTurn()) continue;
      const { status, why } = connection.objection;
      owner.onLog(`client ${connection.address} turned down: ${status}, ${why}`);
    }
  }

  #tell(owner, connection) {
    const asked = connection.next;
    this.#exchanges += 1;
    const exchange = (asked.exchange = this.#exchanges);
    this.#asked.set(exchange, connection);
    const { method, url, httpVersion, rawHeaders } = asked.request;
    const headers = [];
    for (let place = 0; place < rawHeaders.length; place += 2) headers.push(rawHeaders.slice(place, place + 2));
    try {
      owner.onRequest(exchange, method, url, `HTTP/${httpVersion}`, headers, Buffer.concat(asked.parts));
    } catch (error) {
      // The host hears of it, and the client that there is no answer.
      if (this.#asked.delete(exchange)) connection.fail();
      throw error;
    }
  }

  // --- answers

  respond(exchange, status, headers, body) {
    const { fields, close } = checkAnswer(status, headers);
    const connection = this.#asked.get(exchange);
    this.#asked.delete(exchange);
    if (!connection || connection.gone) return false;
    connection.respond(status, fields, Buffer.from(body), close); // a copy: the caller may reuse the buffer
    return true;
  }

  /** Close everything; fulfilled when the port is free. What the system has not taken yet of answers is lost. */
  async close() {
    const listener = this.#listener;
    this._closed = true;
    this._owner = this.#listener = null;
    for (const socket of this.#waiting.splice(0)) socket.destroy();
    for (const connection of this.#connections) connection.close();
    this.#connections.clear();
    this.#asked.clear();
    if (listener) await new Promise((settle) => listener.close(settle));
  }
}

// Fields that say where an answer ends, and whether its connection does, which is not for the program to say.
const RESERVED = ['content-length', 'transfer-encoding', 'connection'];

/** The fields of an answer as http takes them, and whether they end the connection. Throws for what HTTP forbids. */
function checkAnswer(status, headers) {
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new RangeError(`status must be 200 to 599, not ${status}`);
  }
  for (const [name, value] of headers) {
    http.validateHeaderName(name);
    http.validateHeaderValue(name, value);
  }
  const named = headers.filter(([name]) => name.toLowerCase() === 'connection').map(([, value]) => value);
  const words = named.join(',').toLowerCase().split(',');
  return {
    fields: headers.filter(([name]) => !RESERVED.includes(name.toLowerCase())).flat(),
    close: words.some((word) => word.trim() === 'close'),
  };
}

/** The class to derive from. Each method is a thin call on the handle; override the callbacks you need. */
export class HttpServer {
  _server = null;
  /** The address to bind. */
  host = '127.0.0.1';

  /** Argument: limits other than those of `HTTP_LIMITS`. They belong to the handle that is made, and travel with it. */
  constructor(limits = {}) {
    this._limits = { ...HTTP_LIMITS, ...limits };
  }

  /**
   * A request is whole. It is told of once, in the order of its connection. Arguments: its number, for `respond`;
   * method, target and version as they came; pairs of name and value, a character for each byte; the body.
   */
  onRequest(exchange, _method, _target, _version, _headers, _body) {
    this.respond(exchange, 404, [], Buffer.alloc(0));
  }
  onError(_message, _code) {}
  onLog(_message) {}

  makeHttpServerAdapter() {
    this._server?.close();
    this._server = new NetworkHttpServer(this._limits);
    this._server.bind(this);
  }

  /** Listen on a port (0: any free one, see `port`). Fulfilled with false, after onError, when it cannot be had. */
  async init(port) {
    if (!this._server) throw new NoHandleError('no handle: call makeHttpServerAdapter() first');
    return this._server.init(port);
  }

  isOpen() {
    return this._server !== null && this._server.isOpen;
  }

  get port() {
    return this._server?.port ?? null;
  }

  tick() {
    this._server?.tick();
  }

  /**
   * Answer a request, inside its callback or later. Headers as onRequest gives them. Throws for a status, name or value
   * that HTTP forbids; false when it was answered, its client is gone, or it never was.
   */
  respond(exchange, status, headers, body) {
    return this._server ? this._server.respond(exchange, status, headers, body) : false;
  }

  /** Move the handle into an empty orphan, with half-read requests and all that waits. Calls nothing back. */
  save(orphan) {
    if (!this._server) throw new NoHandleError('no handle to save');
    if (orphan.server) throw new OccupiedOrphanError('the orphan holds a handle already: restore that one first');
    this._server.bind(null);
    orphan.server = this._server;
    this._server = null;
  }

  /** Move the handle out of an orphan into this object, which is called back from now on. A handle it had is closed. */
  restore(orphan) {
    if (!orphan.server) throw new EmptyOrphanError('the orphan holds no handle: save() one into it first');
    if (!(orphan.server instanceof NetworkHttpServer)) throw new WrongHandleError('the orphan holds no HttpServer');
    orphan.server.bind(this);
    this._server?.close();
    this._server = orphan.server;
    orphan.server = null;
  }

  /** Close every connection and the listener; fulfilled when the port is free. May be called twice. */
  async destroy() {
    const handle = this._server;
    this._server = null;
    await handle?.close();
  }
}
