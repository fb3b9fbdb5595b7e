// daslang's NETWORK module for Node.js: a server for one client at a time, driven by a host's frame loop. This file has
// the server half and gives out the names of both; the half that connects is client.js.
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
// nowhere else. So the loop only fills boxes (`NetworkServer.#waiting`, `Connection.news`), tick() empties them, and the
// queries answer from what ticks have told. The host lets the loop turn between its ticks, as every Node program does.

import { constants } from 'node:os';
import {
  AdapterError,
  Callbacks,
  codeOf,
  Connection,
  EmptyOrphanError,
  given,
  Handle,
  NoHandleError,
  OccupiedOrphanError,
  WrongHandleError,
} from './handle.js';
import { begin, makeListener } from './listener.js';

export * from './client.js';
export * from './http.js';
export * from './http_client.js';
export {
  AdapterError,
  ClosedHandleError,
  EmptyOrphanError,
  NetworkError,
  NoHandleError,
  NullHandleError,
  OccupiedOrphanError,
  QUEUE_LIMIT,
  TICK_BUDGET,
  WrongHandleError,
} from './handle.js';

const { EALREADY, EINVAL, ENOTCONN } = constants.errno;

/** The handle: the listener, at most one client, and the object whose callbacks they cause. It outlives the object. */
export class NetworkServer extends Handle {
  #listener = null;
  #waiting = [];
  #trouble = null;

  constructor() {
    super('client', 'makeServerAdapter');
  }

  get isOpen() {
    return this.#listener?.listening ?? false;
  }

  get port() {
    return this.isOpen ? this.#listener.address().port : null;
  }

  async init(port) {
    this._refuseIfClosed();
    // Server: one listening socket. A second init is turned down, whichever port it asks for.
    if (this.#listener) return this._fail('already listening: destroy() it first', EALREADY);
    // Not left to net: what it would convert ("80", null) is no port here.
    if (!Number.isInteger(port) || port < 0 || port > 65535) return this._fail(`there is no port ${port}`, EINVAL);

    const listener = makeListener((socket) => this.#waiting.push(new Connection(socket)));
    this.#listener = listener;
    const error = await begin(listener, this._owner?.host ?? '127.0.0.1', port);
    if (error) {
      this.#listener = null;
      return this._fail(`cannot listen on port ${port}: ${error.message}`, codeOf(error));
    }
    // From here on its errors are those of taking a client, such as no descriptor left.
    listener.on('error', (trouble) => (this.#trouble = trouble));
    this._owner?.onLog(`listening on port ${this.port}`);
    return true;
  }

  _tell(owner) {
    if (this.#trouble) {
      const trouble = this.#trouble;
      this.#trouble = null;
      owner.onError(`a client cannot be taken: ${trouble.message}`, codeOf(trouble));
    } else if (!this._connection && this.#waiting.length > 0) {
      this._connection = this.#waiting.shift();
      this._connection.begin();
      owner.onConnect();
    }
    super._tell(owner);
  }

  /** Close everything; fulfilled when the port is free. What the system has not taken yet of sent bytes is lost. */
  async close() {
    const listener = this.#listener;
    const clients = [this._connection, ...this.#waiting];
    this._closed = true;
    this._owner = this.#listener = this._connection = null;
    this.#waiting = [];
    for (const client of clients) client?.socket.destroy();
    if (listener) await new Promise((settle) => listener.close(settle));
  }
}

/** Where a handle waits while its script is reloaded. */
export class SharedOrphan {
  server = null;
}

/** The class to derive from. Each method is a thin call on the layer below; override the callbacks you need. */
export class Server extends Callbacks {
  _server = null;
  /** The address to bind. A debug server that is open to the network by default would let strangers in. */
  host = '127.0.0.1';

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
    if (!(orphan.server instanceof NetworkServer)) throw new WrongHandleError('the orphan holds no Server');
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

export const serverInit = async (handle, port) => handleOf(handle).init(port);
export const serverIsOpen = (handle) => handleOf(handle).isOpen;
export const serverIsConnected = (handle) => handleOf(handle).isConnected;
export const serverTick = (handle) => handleOf(handle).tick();
export const serverSend = (handle, data, size) => handleOf(handle).send(data, size);
/** Call back `object` from now on. The field `_server` of neither object is touched. */
export const serverRestore = (handle, object) => handleOf(handle).bind(object);

const handleOf = (handle) => given(handle, 'makeServer', '_server');
