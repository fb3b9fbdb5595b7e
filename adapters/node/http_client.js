// HttpClient: requests to one server, and one outcome for each, over node's own http module. Here are the class to
// derive from and its handle, which says what a tick does; one request and its response are http_client_exchange.js.
//
//     class Fetch extends HttpClient {
//       onResponse(exchange, status, reason, headers, body) { console.log(status, body.toString()); }
//     }
//     const fetch = new Fetch();
//     fetch.makeHttpClientAdapter();
//     fetch.init('127.0.0.1', 8000);
//     fetch.request('GET', '/');
//     setInterval(() => fetch.tick(), 16);

import { constants } from 'node:os';
import {
  codeOf,
  EmptyOrphanError,
  Handle,
  NoHandleError,
  OccupiedOrphanError,
  reasonOf,
  WrongHandleError,
} from './handle.js';
import { ToServer } from './http_client_connection.js';
import { Exchange } from './http_client_exchange.js';
import { checkRequest, hostField } from './http_client_rules.js';

const { EALREADY, ECANCELED, ECONNRESET, EINVAL, ENOTCONN, ETIMEDOUT } = constants.errno;

/** What a server may send: bytes of a response's head and body. And how many ticks a request may have in which nothing
 * moves, and how many in all, 0 for ever. */
export const HTTP_CLIENT_LIMITS = { head: 64 << 10, body: 16 << 20, stall: 0, deadline: 0 };
/** Bytes that one tick parses at most. */
const PARSED_PER_TICK = 256 << 10;

/**
 * The handle: requests that wait, one that is under way, its connection, and what is to be told. It outlives the object.
 *
 * One connection, one request on it at a time. It is made when a request needs it, and kept for the next one. What comes
 * of requests is noted first and told at the end of a tick, so that a callback may do anything.
 */
export class NetworkHttpClient extends Handle {
  #limits;
  #server = null;
  #queue = [];
  #current = null;
  #exchange = null; // of the current request, once there is a connection for it
  #reaching = null; // a connection, as far as it has come
  #used = false; // an earlier request had it
  #outcomes = [];
  #exchanges = 0;
  #ticks = 0;
  #moved = 0; // the last tick in which a byte did,
  #count = 0; // and how many had by then

  constructor(limits) {
    super('server', 'makeHttpClientAdapter');
    this.#limits = limits;
  }

  get isOpen() {
    return this.#server !== null;
  }

  init(host, port) {
    this._refuseIfClosed();
    if (this.#server) return this._fail('it asks a server already: close() it first', EALREADY);
    if (!Number.isInteger(port) || port < 1 || port > 65535) return this._fail(`there is no port ${port}`, EINVAL);
    const field = hostField(host, port);
    if (field === null) return this._fail(`${JSON.stringify(host)} is no name of a host`, EINVAL);
    this.#server = { host, port, field };
    return true;
  }

  // --- asking

  request(method, target, headers, body) {
    if (!this.#server) return this.#refuse('there is no server, init comes first', ENOTCONN);
    let asked;
    try {
      asked = checkRequest(method, target, headers, body, this.#server.field);
    } catch (error) {
      return this.#refuse(error.message, EINVAL);
    }
    this.#exchanges += 1;
    this.#queue.push({ ...asked, number: this.#exchanges, since: this.#ticks });
    return this.#exchanges;
  }

  #refuse(why, code) {
    this._fail(`nothing asked: ${why}`, code);
    return 0;
  }

  cancel(exchange) {
    const why = 'it was cancelled';
    if (this.#current?.number === exchange) {
      this.#giveUp(why, ECANCELED);
      return;
    }
    const place = this.#queue.findIndex(({ number }) => number === exchange);
    if (place >= 0) this.#failed(this.#queue.splice(place, 1)[0], why, ECANCELED);
  }

  close() {
    const why = 'the client was closed';
    this.#giveUp(why, ECANCELED);
    for (const asked of this.#queue.splice(0)) this.#failed(asked, why, ECANCELED);
    this.#server = null;
  }

  /** End it for good, and call nobody back any more. */
  discard() {
    this._closed = true;
    this._owner = null;
    this.close();
    this.#outcomes = [];
  }

  // --- one tick

  _tell(owner) {
    this.#ticks += 1;
    while (this.#goOn());
    this.#keepTime();
    // Those that are noted by now, and not what callbacks lead to, which may give the handle away or close it.
    for (let left = this.#outcomes.length; left > 0 && this._owner === owner; left -= 1) {
      const [callback, ...given] = this.#outcomes.shift();
      owner[callback](...given);
    }
  }

  // Whether the request under way has come to its end, so that the next one can begin.
  #goOn() {
    if (!this.#current) {
      this.#lookAtIdle();
      if (this.#queue.length === 0) return false;
      this.#current = this.#queue.shift();
      this.#moved = this.#ticks - 1;
    }
    this.#reaching ??= new ToServer(this.#server.host, this.#server.port);
    if (!this.#exchange && !this.#send()) return !this.#current;
    this.#read();
    return !this.#exchange;
  }

  // A connection that nobody uses: its server may have left, and has nothing to say.
  #lookAtIdle() {
    const connection = this._connection;
    if (!connection || (connection.held === 0 && !connection.ended)) return;
    if (connection.held > 0) this.#outcomes.push(['onLog', 'the server said something unasked, and is left']);
    this.#retire();
  }

  // Whether there is a connection, on which the request is under way from now on.
  #send() {
    const connection = this.#reaching;
    if (!this._connection) {
      const { failure } = connection;
      if (failure) this.#giveUp(`cannot connect to ${this.#server.field}: ${reasonOf(failure)}`, codeOf(failure));
      if (failure || !connection.connected) return false;
      this._connection = connection;
      this.#outcomes.push(['onLog', `connected to ${connection.address}`]);
    }
    this.#exchange = new Exchange(this.#current, connection, this.#limits);
    return true;
  }

  #read() {
    const [connection, exchange] = [this._connection, this.#exchange];
    exchange.feed(PARSED_PER_TICK);
    if (!exchange.isOver && connection.ended && connection.held === 0) {
      if (connection.failure) this.#lost(connection.failure);
      else if (!exchange.begun) this.#lost(null);
      else exchange.finish();
    }
    if (exchange !== this.#exchange || !exchange.isOver) return;
    if (exchange.failure) this.#giveUp(exchange.failure.message, exchange.failure.code);
    else this.#respond();
  }

  // The server has left. Before any byte of a response, on a connection that an earlier request had, it may just have
  // closed it for being idle: RFC 9112, section 9.3.1.
  #lost(error) {
    const { begun } = this.#exchange;
    if (this.#used && !begun && this.#current.repeatable) {
      this.#queue.unshift(this.#current);
      this.#current = null;
      this.#retire();
      return;
    }
    const why = begun ? 'in the middle of its response' : 'without a response';
    this.#giveUp(`the server left ${why}`, error ? codeOf(error) : ECONNRESET);
  }

  #respond() {
    const exchange = this.#exchange;
    this.#outcomes.push(['onResponse', this.#current.number, ...exchange.response]);
    this.#current = this.#exchange = null;
    this.#used = exchange.goesOn;
    exchange.close();
    if (!this.#used) this.#retire();
  }

  #keepTime() {
    const { stall, deadline } = this.#limits;
    const count = this.#reaching?.moved ?? 0;
    if (count !== this.#count) this.#moved = this.#ticks;
    this.#count = count;
    if (deadline > 0) {
      const late = ({ since }) => this.#ticks - since >= deadline;
      const why = `not done in ${deadline} ticks`;
      if (this.#current && late(this.#current)) this.#giveUp(why, ETIMEDOUT);
      while (this.#queue.length > 0 && late(this.#queue[0])) this.#failed(this.#queue.shift(), why, ETIMEDOUT);
    }
    if (stall > 0 && this.#current && this.#ticks - this.#moved >= stall) {
      this.#giveUp(`nothing has moved for ${stall} ticks`, ETIMEDOUT);
    }
  }

  // --- ends

  // The request under way has failed, and its connection is of no use to another.
  #giveUp(why, code) {
    const asked = this.#current;
    this.#current = null;
    if (asked) this.#failed(asked, why, code);
    this.#retire();
  }

  #failed(asked, why, code) {
    this.#outcomes.push(['onFailure', asked.number, why, code]);
  }

  // End the connection, with what waits to be sent.
  #retire() {
    this.#exchange?.close();
    this.#reaching?.close();
    this.#exchange = this.#reaching = this._connection = null;
    this.#used = false;
  }
}

/** The class to derive from. Each method is a thin call on the handle; override the callbacks you need. */
export class HttpClient {
  _client = null;

  /** Argument: limits other than those of `HTTP_CLIENT_LIMITS`. They are those of the handle, and travel with it. */
  constructor(limits = {}) {
    this._limits = { ...HTTP_CLIENT_LIMITS, ...limits };
  }

  /**
   * The final response to a request is whole; a redirect is handed over as it is. Arguments: the number that `request`
   * gave; status and reason; pairs of name and value, a character for each byte; the body.
   */
  onResponse(_exchange, _status, _reason, _headers, _body) {}
  /** There will be no response: why, and the system's number of an error. */
  onFailure(_exchange, _message, _code) {}
  onError(_message, _code) {}
  onLog(_message) {}

  makeHttpClientAdapter() {
    this._client?.discard();
    this._client = new NetworkHttpClient(this._limits);
    this._client.bind(this);
  }

  /** Ask this server from now on; connects to nothing yet. False, after onError, for what is no server. */
  init(host, port) {
    if (!this._client) throw new NoHandleError('no handle: call makeHttpClientAdapter() first');
    return this._client.init(host, port);
  }

  /** Whether it knows a server to ask. */
  isOpen() {
    return this._client !== null && this._client.isOpen;
  }

  /** Whether there is a connection, in use or kept for the next request. */
  isConnected() {
    return this._client !== null && this._client.isConnected;
  }

  tick() {
    this._client?.tick();
  }

  /**
   * Ask for something; nothing is sent before the next tick. Headers as onResponse gives them, of which those that say
   * where the body ends are the client's own, and Host where it is not given. Returns the number of the exchange, or 0
   * after onError. Each that was accepted has one outcome, in a tick: onResponse or onFailure.
   */
  request(method, target, headers = [], body = Buffer.alloc(0)) {
    if (this._client) return this._client.request(method, target, headers, body);
    this.onError('nothing asked: there is no handle', ENOTCONN);
    return 0;
  }

  /** Give a request up: its outcome is a failure in the next tick. Nothing for one that has had its outcome. */
  cancel(exchange) {
    this._client?.cancel(exchange);
  }

  /** End the connection; `init` may follow. What was accepted fails in the next tick. Calls nothing back. */
  close() {
    this._client?.close();
  }

  /** Move the handle into an empty orphan, with its connection and every request. Calls nothing back. */
  save(orphan) {
    if (!this._client) throw new NoHandleError('no handle to save');
    if (orphan.server) throw new OccupiedOrphanError('the orphan holds a handle already: restore that one first');
    this._client.bind(null);
    orphan.server = this._client;
    this._client = null;
  }

  /** Move the handle out of an orphan into this object, which is called back from now on. A handle it had is closed. */
  restore(orphan) {
    if (!orphan.server) throw new EmptyOrphanError('the orphan holds no handle: save() one into it first');
    if (!(orphan.server instanceof NetworkHttpClient)) throw new WrongHandleError('the orphan holds no HttpClient');
    orphan.server.bind(this);
    this._client?.discard();
    this._client = orphan.server;
    orphan.server = null;
  }

  /** Close it and let go of the handle. Nobody is told of requests that had no outcome yet. */
  destroy() {
    this._client?.discard();
    this._client = null;
  }
}
