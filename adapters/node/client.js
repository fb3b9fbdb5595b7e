// The client half: connects where `Server` listens, and is ticked like it.
//
//     class Greeter extends Client {
//       onConnect() { this.send(Buffer.from('hello')); }
//     }
//     const greeter = new Greeter();
//     greeter.makeClientAdapter();
//     if (await greeter.connect('localhost', 8000, 500)) setInterval(() => greeter.tick(), 16);
//
// `connect` is a promise, for Node connects while its loop turns; its callbacks come before it is fulfilled.

import net from 'node:net';
import { constants } from 'node:os';
import { AdapterError, Callbacks, codeOf, Connection, given, Handle, NoHandleError, reasonOf } from './handle.js';

const { EALREADY, ECONNREFUSED, EINVAL, EISCONN, ENOTCONN, ETIMEDOUT } = constants.errno;

/** Milliseconds that `connect` has, unless it is told otherwise. */
export const DEFAULT_TIMEOUT = 5000;
// The longest that a timer of Node's can be set to; beyond it one fires at once.
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** The handle: at most one connection to a server, and the object whose callbacks it causes. */
export class NetworkClient extends Handle {
  #attempt = null; // the socket that is connecting
  #leaving = new Set(); // sockets that were closed with bytes still to be sent

  constructor() {
    super('server', 'makeClientAdapter');
  }

  async connect(host, port, timeout) {
    this._refuseIfClosed();
    if (typeof host !== 'string') throw new TypeError(`host must be a string, not ${typeof host}`);
    if (!Number.isInteger(timeout) || timeout < 0) {
      throw new RangeError(`timeout must be 0 or more milliseconds, not ${timeout}`);
    }
    if (this._connection) return this._fail(`connected to ${this._connection.address}: close() it first`, EISCONN);
    if (this.#attempt) return this._fail('already connecting: wait for it, or close() it', EALREADY);
    // Not left to net: what it would convert ("80", null), or take for this machine, is no port and no host here.
    if (!Number.isInteger(port) || port < 1 || port > 65535) return this._fail(`there is no port ${port}`, EINVAL);
    if (host === '') return this._fail('the host is empty: name a server', EINVAL);

    const socket = net.connect({ host, port, allowHalfOpen: true, noDelay: true, autoSelectFamily: true });
    this.#attempt = socket;
    const error = await outcomeOf(socket, timeout);
    // Whoever closed it meanwhile knows why there is no connection.
    if (this.#attempt !== socket) return false;
    this.#attempt = null;
    if (error) {
      socket.on('error', () => {}).destroy();
      return this._fail(`cannot connect to ${host} port ${port}: ${reasonOf(error)}`, codeOf(error));
    }
    const connection = new Connection(socket);
    this._connection = connection;
    connection.begin();
    this._owner?.onConnect();
    this._owner?.onLog(`connected to ${connection.address}`);
    return true;
  }

  /** End the connection, or the attempt. Calls nothing back; what `send` accepted is still sent, nothing is read. */
  close() {
    this.#attempt?.destroy();
    this.#attempt = null;
    const socket = this._connection?.socket;
    this._connection = null;
    // One that broke has nothing left to send.
    if (!socket || socket.destroyed) return;
    this.#leaving.add(socket);
    // Its box is nobody's from now on: what comes is thrown away, lest a server that waits to be read read no more.
    socket.removeAllListeners('data').resume();
    socket.once('close', () => this.#leaving.delete(socket));
    socket.end(() => socket.destroy());
  }

  /** End it for good and at once: what the system has not taken yet of sent bytes is lost. */
  discard() {
    this._closed = true;
    this.close();
    this._owner = null;
    for (const socket of this.#leaving) socket.destroy();
  }
}

// Null when the socket has connected, else why it has not. Never rejects.
function outcomeOf(socket, timeout) {
  return new Promise((settle) => {
    const late = () => settle(systemError('no answer in time', ETIMEDOUT));
    const timer = setTimeout(late, Math.min(timeout, LONGEST_TIMEOUT));
    socket.once('error', settle).once('close', () => settle(systemError('closed', ECONNREFUSED)));
    socket.once('connect', () => {
      // Nobody listens on the port, and the system happened to choose it for this end: that is no server.
      const itself = socket.localPort === socket.remotePort && socket.localAddress === socket.remoteAddress;
      settle(itself ? systemError('connection refused', ECONNREFUSED) : null);
    });
    socket.once('close', () => clearTimeout(timer)).once('connect', () => clearTimeout(timer));
  });
}

const systemError = (message, errno) => Object.assign(new Error(message), { errno });

/** The class to derive from. Each method is a thin call on the layer below; override the callbacks you need. */
export class Client extends Callbacks {
  _client = null;

  makeClientAdapter() {
    if (!makeClient(this)) throw new AdapterError('the object has no field _client: derive its class from Client');
  }

  /**
   * Connect to a server, a name or a literal, within so many milliseconds. Fulfilled with true after onConnect, with
   * false after onError: nobody is there, it took too long, or there is a connection already, which stays as it is.
   */
  async connect(host, port, timeout = DEFAULT_TIMEOUT) {
    if (!this._client) throw new NoHandleError('no handle: call makeClientAdapter() first');
    return clientConnect(this._client, host, port, timeout);
  }

  isConnected() {
    return this._client !== null && clientIsConnected(this._client);
  }

  tick() {
    if (this._client) clientTick(this._client);
  }

  /** Send the first `size` bytes. Never waits: false, after onError, when they cannot even be queued. */
  send(data, size = data.length) {
    if (this._client) return clientSend(this._client, data, size);
    this.onError('nothing sent: there is no handle', ENOTCONN);
    return false;
  }

  /** End the connection; what was accepted is still sent. Calls nothing back; may be called twice, and connect after. */
  close() {
    if (this._client) clientClose(this._client);
  }

  /** End the connection at once and let go of the handle. */
  destroy() {
    this._client?.discard();
    this._client = null;
  }
}

// --- the functions on a handle; the class information is in every JavaScript object, so no one passes it

/** Make a handle that calls back `object`, in its field `_client`. False for an object that has no such field. */
export function makeClient(object) {
  if (object === null || typeof object !== 'object' || !('_client' in object)) return false;
  object._client?.discard();
  object._client = new NetworkClient();
  object._client.bind(object);
  return true;
}

export const clientConnect = async (handle, host, port, timeout) => handleOf(handle).connect(host, port, timeout);
export const clientIsConnected = (handle) => handleOf(handle).isConnected;
export const clientTick = (handle) => handleOf(handle).tick();
export const clientSend = (handle, data, size) => handleOf(handle).send(data, size);
export const clientClose = (handle) => handleOf(handle).close();

const handleOf = (handle) => given(handle, 'makeClient', '_client');
