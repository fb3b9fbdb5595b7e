// daslang's NETWORK module for Node.js: a server for one client at a time, driven by a host's frame loop.
//
//     class Echo extends Server {
//       onData(data) { this.send(data); }
//     }
//     const echo = new Echo();
//     echo.makeServerAdapter();
//     await echo.init(8000);
//     setInterval(() => echo.tick(), 16);
//
// Node's event loop takes connections and bytes whenever it turns; the module must tell of them inside tick() and
// nowhere else. So the loop only fills boxes (`NetworkServer.#waiting`, `Client.news`), tick() empties them, and the
// queries answer from what ticks have told. The host lets the loop turn between its ticks, as every Node program does.

import net from 'node:net';
import { constants } from 'node:os';

const { EALREADY, EINVAL, EIO, ENOBUFS, ENOTCONN, EPIPE } = constants.errno;

/** Bytes that may wait to be sent to one client. A send beyond it is refused as a whole. */
export const QUEUE_LIMIT = 64 << 20;
/** Bytes that one tick tells at most, so that a client that floods cannot hold up the frame. */
export const TICK_BUDGET = 1 << 20;
// Bytes held for coming ticks, beyond which the client is not read: the rest stays with the system and holds it up.
const HELD_LIMIT = 1 << 20;
// What a piece counts at least, lest a client that sends single bytes fill the box with a million of them.
const LEAST_COST = 4096;
// Node takes every connection at once. Those whose turn has not come are held like this many in a listen queue.
const BACKLOG = 128;

/** The caller did something that cannot be; the message says what to do first. */
export class NetworkError extends Error {
  constructor(message) {
    super(message);
    this.name = new.target.name;
  }
}
export class NullHandleError extends NetworkError {}
export class NoHandleError extends NetworkError {}
export class ClosedHandleError extends NetworkError {}
export class AdapterError extends NetworkError {}
export class EmptyOrphanError extends NetworkError {}
export class OccupiedOrphanError extends NetworkError {}

// One accepted connection, and what the loop has brought from it that no tick has told yet.
class Client {
  /** In the order of arrival: a Buffer to hand to onData, an Error to hand to onError. */
  news = [];
  #held = 0;
  #ended = false;

  constructor(socket) {
    this.socket = socket;
    this.address = `${socket.remoteAddress}:${socket.remotePort}`;
    socket.on('data', (data) => this.#keep(data));
    socket.on('error', (error) => this.news.push(error));
    socket.on('end', () => (this.#ended = true));
    socket.on('close', () => (this.#ended = true));
  }

  /** Its turn has come: read it from now on. */
  begin() {
    this.socket.resume();
  }

  #keep(data) {
    this.news.push(data);
    this.#held += Math.max(data.length, LEAST_COST);
    if (this.#held >= HELD_LIMIT) this.socket.pause();
  }

  /** The next piece of news, if any; what it brings may make room for more. */
  next() {
    const news = this.news.shift();
    if (Buffer.isBuffer(news)) this.#held -= Math.max(news.length, LEAST_COST);
    // A socket that went with an error has nothing left to resume for.
    if (this.#held < HELD_LIMIT && this.socket.isPaused() && !this.socket.destroyed) this.socket.resume();
    return news;
  }

  /**
   * Whether it has left. One that only closed its sending side still gets what was accepted for it first: to the
   * system the two look alike until that is written.
   */
  get gone() {
    return this.#ended && (this.socket.destroyed || this.socket.writableLength === 0);
  }
}

/** The handle: the listener, at most one client, and the object whose callbacks they cause. It outlives the object. */
export class NetworkServer {
  #owner = null;
  #listener = null;
  #waiting = [];
  #client = null;
  #trouble = null;
  #ticking = false;
  #closed = false;

  get isOpen() {
    return this.#listener?.listening ?? false;
  }

  get isConnected() {
    return this.#client !== null;
  }

  get port() {
    return this.isOpen ? this.#listener.address().port : null;
  }

  /** Call back `owner` from now on; null: nobody, until the next bind. Sockets and what they hold stay as they are. */
  bind(owner) {
    if (this.#closed) throw new ClosedHandleError('the handle is closed: make another with makeServerAdapter()');
    this.#owner = owner;
  }

  async init(port) {
    if (this.#closed) throw new ClosedHandleError('the handle is closed: make another with makeServerAdapter()');
    // Server: one listening socket. A second init is turned down, whichever port it asks for.
    if (this.#listener) return this.#fail('already listening: destroy() it first', EALREADY);
    // Not left to net: what it would convert ("80", null) is no port here.
    if (!Number.isInteger(port) || port < 0 || port > 65535) return this.#fail(`there is no port ${port}`, EINVAL);

    // pauseOnConnect: a client that waits is not read. allowHalfOpen: when its side is closed, ours still may speak.
    const listener = net.createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true });
    listener.maxConnections = BACKLOG + 1;
    listener.on('connection', (socket) => this.#waiting.push(new Client(socket)));
    this.#listener = listener;
    const error = await new Promise((settle) => {
      listener.once('listening', () => settle(null)).once('error', settle);
      listener.once('close', () => settle(new Error('destroyed while init was under way'))); // never 'listening' then
      listener.listen({ host: this.#owner?.host ?? '127.0.0.1', port });
    });
    if (error) {
      this.#listener = null;
      return this.#fail(`cannot listen on port ${port}: ${error.message}`, codeOf(error));
    }
    // From here on its errors are those of taking a client, such as no descriptor left.
    listener.on('error', (trouble) => (this.#trouble = trouble));
    this.#owner?.onLog(`listening on port ${this.port}`);
    return true;
  }

  tick() {
    // A tick from inside a callback returns at once: the outer one goes on with the work.
    if (!this.#owner || this.#ticking) return;
    this.#ticking = true;
    try {
      this.#tell(this.#owner);
    } finally {
      this.#ticking = false;
    }
  }

  // State first, callback second: a callback sees the new state, and when it throws, the next tick goes on behind it.
  #tell(owner) {
    if (this.#trouble) {
      const trouble = this.#trouble;
      this.#trouble = null;
      owner.onError(`a client cannot be taken: ${trouble.message}`, codeOf(trouble));
    } else if (!this.#client && this.#waiting.length > 0) {
      this.#client = this.#waiting.shift();
      this.#client.begin();
      owner.onConnect();
    }
    const client = this.#client;
    // Whoever saves or destroys the object in a callback ends the telling here; what is left waits for the next owner.
    for (let left = TICK_BUDGET; left > 0 && client && this.#owner === owner; ) {
      const news = client.next();
      if (news instanceof Error) {
        owner.onError(`the connection to ${client.address} broke: ${news.message}`, codeOf(news));
      } else if (news) {
        left -= Math.max(news.length, LEAST_COST);
        owner.onData(news);
      } else {
        if (client.gone) this.#depart(owner, client);
        return;
      }
    }
  }

  // Ends the tick: the host sees isConnected false before the next client is taken.
  #depart(owner, client) {
    this.#client = null;
    client.socket.destroy();
    owner.onDisconnect();
  }

  send(data, size) {
    if (!Number.isInteger(size) || size < 0 || size > data.length) {
      throw new RangeError(`size must be 0 to ${data.length}, the bytes that data holds, not ${size}`);
    }
    const socket = this.#client?.socket;
    if (!socket) return this.#fail('nothing sent: no client is connected', ENOTCONN);
    if (!socket.writable) return this.#fail('nothing sent: the client has left', EPIPE);
    if (socket.writableLength + size > QUEUE_LIMIT) {
      return this.#fail(`nothing sent: more than ${QUEUE_LIMIT} bytes would wait`, ENOBUFS);
    }
    // A copy, for the socket keeps what it cannot send yet, and the caller may reuse the buffer.
    if (size > 0) socket.write(Buffer.from(data.subarray(0, size)));
    return true;
  }

  /** Close everything; fulfilled when the port is free. What the system has not taken yet of sent bytes is lost. */
  async close() {
    const listener = this.#listener;
    const clients = [this.#client, ...this.#waiting];
    this.#closed = true;
    this.#owner = this.#listener = this.#client = null;
    this.#waiting = [];
    for (const client of clients) client?.socket.destroy();
    if (listener) await new Promise((settle) => listener.close(settle));
  }

  // False for the caller, the reason for the object.
  #fail(message, code) {
    this.#owner?.onError(message, code);
    return false;
  }
}

// The system's number of an error, never 0. Node has it negative, and none for errors of its own.
const codeOf = (error) => Math.abs(error.errno ?? 0) || EIO;

/** Where a handle waits while its script is reloaded. */
export class SharedOrphan {
  server = null;
}

/** The class to derive from. Each method is a thin call on the layer below; override the callbacks you need. */
export class Server {
  _server = null;
  /** The address to bind. A debug server that is open to the network by default would let strangers in. */
  host = '127.0.0.1';

  onConnect() {}
  onDisconnect() {}
  onData(_data) {}
  onError(_message, _code) {}
  onLog(_message) {}

  makeServerAdapter() {
    if (!makeServer(this)) throw new AdapterError('the object has no field _server: derive its class from Server');
  }

  /** Listen on a port (0: any free one, see `port`). Fulfilled with false, after onError, when it cannot be had. */
  async init(port) {
    if (!this._server) throw new NoHandleError('no handle: call makeServerAdapter() first');
    return serverInit(this._server, port);
  }

  /** Move the handle into an empty orphan. Calls nothing back, closes nothing. */
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
    serverRestore(orphan.server, this);
    this._server?.close();
    this._server = orphan.server;
    orphan.server = null;
  }

  hasSession() {
    return this.isConnected();
  }

  isOpen() {
    return this._server !== null && serverIsOpen(this._server);
  }

  isConnected() {
    return this._server !== null && serverIsConnected(this._server);
  }

  get port() {
    return this._server?.port ?? null;
  }

  tick() {
    if (this._server) serverTick(this._server);
  }

  /** Send the first `size` bytes. Never waits: false, after onError, when they cannot even be queued. */
  send(data, size = data.length) {
    if (this._server) return serverSend(this._server, data, size);
    this.onError('nothing sent: there is no handle', ENOTCONN);
    return false;
  }

  /** Close client and listener; fulfilled when the port is free. Calls nothing back; may be called twice. */
  async destroy() {
    const handle = this._server;
    this._server = null;
    await handle?.close();
  }
}

// --- the functions on a handle. The documented class information is in every JavaScript object, so no one passes it.

/** Make a handle that calls back `object`, in its field `_server`. False for an object that has no such field. */
export function makeServer(object) {
  if (object === null || typeof object !== 'object' || !('_server' in object)) return false;
  object._server?.close();
  object._server = new NetworkServer();
  object._server.bind(object);
  return true;
}

export const serverInit = async (handle, port) => given(handle).init(port);
export const serverIsOpen = (handle) => given(handle).isOpen;
export const serverIsConnected = (handle) => given(handle).isConnected;
export const serverTick = (handle) => given(handle).tick();
export const serverSend = (handle, data, size) => given(handle).send(data, size);
/** Call back `object` from now on. The field `_server` of neither object is touched. */
export const serverRestore = (handle, object) => given(handle).bind(object);

function given(handle) {
  if (!handle) throw new NullHandleError('the handle is null: pass the one that makeServer stored in _server');
  return handle;
}
