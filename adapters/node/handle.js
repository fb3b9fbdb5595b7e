// What the two halves of the module share: limits, errors, a connection with its boxes, and the handle that tells of
// it. It touches sockets that others opened, and calls back the object it is bound to; network.js and client.js open.

import { constants } from 'node:os';

const { EIO, ENOBUFS, ENOTCONN, EPIPE } = constants.errno;

/** Bytes that may wait to be sent on one connection. A send beyond it is refused as a whole. */
export const QUEUE_LIMIT = 64 << 20;
/** Bytes that one tick tells at most, so that a peer that floods cannot hold up the frame. */
export const TICK_BUDGET = 1 << 20;
// Bytes held for coming ticks, beyond which the peer is not read: the rest stays with the system and holds it up.
const HELD_LIMIT = 1 << 20;
// What a piece counts at least, lest a peer that sends single bytes fill the box with a million of them.
const LEAST_COST = 4096;

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
/** The orphan holds the handle of another kind of object. */
export class WrongHandleError extends NetworkError {}

/** One connection, and what the loop has brought from it that no tick has told yet. */
export class Connection {
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
    this.#held += cost(data);
    if (this.#held >= HELD_LIMIT) this.socket.pause();
  }

  /** The next piece of news, if any; what it brings may make room for more. */
  next() {
    const news = this.news.shift();
    if (Buffer.isBuffer(news)) this.#held -= cost(news);
    // A socket that went with an error has nothing left to resume for.
    if (this.#held < HELD_LIMIT && this.socket.isPaused() && !this.socket.destroyed) this.socket.resume();
    return news;
  }

  /**
   * Whether its other end has left. One that only closed its sending side still gets what was accepted for it first: to
   * the system the two look alike until that is written.
   */
  get gone() {
    return this.#ended && (this.socket.destroyed || this.socket.writableLength === 0);
  }
}

const cost = (data) => Math.max(data.length, LEAST_COST);

/**
 * A handle: at most one connection, and the object whose callbacks it causes. A derived class says how it comes to a
 * connection. What begins with an underscore is for derived classes alone.
 */
export class Handle {
  _owner = null;
  _connection = null;
  _closed = false;
  #ticking = false;

  /** Arguments: what the other end is called in messages; the method of the object that makes another handle. */
  constructor(peer, adapter) {
    this._peer = peer;
    this._adapter = adapter;
  }

  get isConnected() {
    return this._connection !== null;
  }

  /** Call back `owner` from now on; null: nobody, until the next bind. Sockets and what they hold stay as they are. */
  bind(owner) {
    this._refuseIfClosed();
    this._owner = owner;
  }

  tick() {
    // A tick from inside a callback returns at once: the outer one goes on with the work.
    if (!this._owner || this.#ticking) return;
    this.#ticking = true;
    try {
      this._tell(this._owner);
    } finally {
      this.#ticking = false;
    }
  }

  // State first, callback second: a callback sees the new state, and when it throws, the next tick goes on behind it.
  _tell(owner) {
    const connection = this._connection;
    // Whoever gives the handle away or ends the connection in a callback ends the telling; the rest waits for the next
    // owner, or is nobody's.
    for (let left = TICK_BUDGET; left > 0 && connection && this._connection === connection && this._owner === owner; ) {
      const news = connection.next();
      if (news instanceof Error) {
        owner.onError(`the connection to ${connection.address} broke: ${reasonOf(news)}`, codeOf(news));
      } else if (news) {
        left -= cost(news);
        owner.onData(news);
      } else {
        if (connection.gone) this.#depart(owner, connection);
        return;
      }
    }
  }

  // Ends the tick: the host sees isConnected false before there is another connection.
  #depart(owner, connection) {
    this._connection = null;
    connection.socket.destroy();
    owner.onDisconnect();
  }

  send(data, size) {
    if (!Number.isInteger(size) || size < 0 || size > data.length) {
      throw new RangeError(`size must be 0 to ${data.length}, the bytes that data holds, not ${size}`);
    }
    const socket = this._connection?.socket;
    if (!socket) return this._fail(`nothing sent: no ${this._peer} is connected`, ENOTCONN);
    if (!socket.writable) return this._fail(`nothing sent: the ${this._peer} has left`, EPIPE);
    if (socket.writableLength + size > QUEUE_LIMIT) {
      return this._fail(`nothing sent: more than ${QUEUE_LIMIT} bytes would wait`, ENOBUFS);
    }
    // A copy, for the socket keeps what it cannot send yet, and the caller may reuse the buffer.
    if (size > 0) socket.write(Buffer.from(data.subarray(0, size)));
    return true;
  }

  _refuseIfClosed() {
    if (this._closed) throw new ClosedHandleError(`the handle is closed: make another with ${this._adapter}()`);
  }

  // False for the caller, the reason for the object.
  _fail(message, code) {
    this._owner?.onError(message, code);
    return false;
  }
}

/** The system's number of an error, never 0. Node has it negative, and none for errors of its own. */
export const codeOf = (error) => Math.abs(error.errno ?? error.errors?.[0]?.errno ?? 0) || EIO;

/** What an error says. One that stands for several, an address each, says nothing itself. */
export const reasonOf = (error) => error.message || error.errors?.[0]?.message || error.code || error.name;

/** The handle itself. Throws for null, naming the function that makes one and the field that it stands in. */
export function given(handle, maker, field) {
  if (!handle) throw new NullHandleError(`the handle is null: pass the one that ${maker} stored in ${field}`);
  return handle;
}

/** The callbacks, all optional: what `Server` and `Client` have in common. */
export class Callbacks {
  onConnect() {}
  onDisconnect() {}
  onData(_data) {}
  onError(_message, _code) {}
  onLog(_message) {}
}
