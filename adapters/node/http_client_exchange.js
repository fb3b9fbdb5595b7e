// One request of an HttpClient on a connection, and the response to it, over node's own http.request. It calls nobody
// back.
//
// Theory of operation. http.request parses whenever the event loop turns, and that is to be done in ticks. So it never
// sees the socket. Its agent gives it a stream of ours (`Wire`), a new one for each request: what http writes goes on to
// the connection, a tick feeds pieces of what has come into the stream, and the parser is through with a piece when
// `push` returns. Whether the connection goes on behind the response is asked of http; the handle then keeps it or not.

import http from 'node:http';
import { constants } from 'node:os';
import { faultOf, isTooLarge, leavesOpen } from './http_client_rules.js';
import { Wire } from './http_wire.js';

const { ECONNRESET, EINVAL, EMSGSIZE, EPROTO } = constants.errno;

// The parser goes through a piece without a stop, whatever it holds, so this bounds what is parsed too far.
const PIECE = 4 << 10;
const TOO_LARGE = ['HPE_HEADER_OVERFLOW', 'HPE_CHUNK_EXTENSIONS_OVERFLOW'];

/** It has one stream to give, that of the request which asks, and wants none back. */
class Agent extends http.Agent {
  createConnection({ wire }) {
    return wire;
  }

  keepSocketAlive() {
    return false;
  }
}

// With keepAlive http asks of each response whether another may follow, and does not say close itself.
const agent = new Agent({ keepAlive: true });

/** Why there is no response: a sentence, and the system's number of it. */
class Failure {
  constructor(message, code) {
    this.message = message;
    this.code = code;
  }
}

/** Arguments: what `checkRequest` made; the connection, which is connected and idle; the limits. Sends at once. */
export class Exchange {
  /** Null, or why there will be no response. */
  failure = null;
  /** Whether a byte of a response has come. */
  begun = false;
  #asked;
  #connection;
  #limits;
  #wire;
  #request = null;
  #attached = false; // http has taken the stream
  #response = null;
  #parts = [];
  #size = 0;
  #headless = 0; // bytes since the latest head began that is not complete
  #ended = false; // the stream was told that nothing more comes
  #extra = false; // something stood behind the response that is none of it

  constructor(asked, connection, limits) {
    this.#asked = asked;
    this.#connection = connection;
    this.#limits = limits;
    this.#wire = new Wire(connection);
    try {
      this.#request = this.#begin();
    } catch (error) {
      this.#fail(error.message, EINVAL); // another version of http may refuse more
    }
  }

  #begin() {
    const { method, path, fields, body } = this.#asked;
    const options = { agent, wire: this.#wire, method, path, headers: fields, maxHeaderSize: this.#limits.head };
    const request = http.request(options);
    request.maxHeadersCount = 0; // it would cut off the rest of them
    request.on('socket', () => (this.#attached = true));
    request.on('information', (interim) => this.#interim(interim));
    request.on('response', (response) => this.#head(response));
    request.on('upgrade', (response) => this.#head(response));
    request.on('error', (error) => this.#broken(error));
    request.end(body.length > 0 ? body : undefined);
    return request;
  }

  // --- what http says

  #interim(interim) {
    this.#headless = 0;
    const fault = faultOf(interim);
    if (fault) this.#fail(`the response is broken: ${fault}`, EPROTO);
  }

  #head(response) {
    this.#headless = 0;
    this.#response = response;
    response.on('error', () => this.#broken(null));
    const fault = faultOf(response);
    if (fault) this.#fail(`the response is broken: ${fault}`, EPROTO);
    else if (isTooLarge(response, this.#asked.method, this.#limits.body)) this.#tooLarge();
  }

  #broken(error) {
    if (this.#response?.complete) {
      this.#extra = true;
    } else if (error?.code?.startsWith('HPE_')) {
      const code = TOO_LARGE.includes(error.code) ? EMSGSIZE : EPROTO;
      this.#fail(`the response is broken: ${error.reason ?? error.message}`, code);
    } else {
      this.#fail('the server left in the middle of its response', ECONNRESET);
    }
  }

  #tooLarge() {
    this.#fail('the response is larger than it may be', EMSGSIZE);
  }

  #fail(message, code) {
    this.failure ??= new Failure(message, code);
  }

  // --- in a tick

  /** Parse what has come, so many bytes at most. Returns the bytes. */
  feed(most) {
    let fed = 0;
    while (fed < most && this.#connection.held > 0 && this.#ready) {
      const piece = this.#connection.take(PIECE);
      fed += piece.length;
      this.begun = true;
      this.#headless += piece.length;
      this.#wire.push(piece);
      this.#collect();
    }
    return fed;
  }

  get #ready() {
    return this.#attached && !this.isOver && !this.#wire.destroyed && !this.#wire.isPaused();
  }

  // The body, as far as the parser has it: for the rest http would wait for the event loop.
  #collect() {
    if (this.#response === null) {
      if (this.#headless > this.#limits.head + PIECE) this.#tooLarge();
      return;
    }
    for (let part = this.#response.read(); part !== null; part = this.#response.read()) {
      this.#parts.push(part);
      this.#size += part.length;
    }
    if (this.#size > this.#limits.body) this.#tooLarge();
  }

  /** The connection has ended, and all is fed that came: http says in a later turn what that makes of the response. */
  finish() {
    if (!this.#attached || this.#ended) return;
    this.#ended = true;
    this.#wire.push(null);
  }

  /** Whether there is a response, or none will be. */
  get isOver() {
    return this.failure !== null || this.isWhole;
  }

  /** Whether there is a response. */
  get isWhole() {
    return this.failure === null && this.#response !== null && this.#response.complete;
  }

  /** What `onResponse` is given behind the number of its request. */
  get response() {
    const { statusCode, statusMessage, rawHeaders } = this.#response;
    const headers = [];
    for (let place = 0; place < rawHeaders.length; place += 2) headers.push(rawHeaders.slice(place, place + 2));
    return [statusCode, statusMessage, headers, Buffer.concat(this.#parts)];
  }

  /** Whether another request may follow on its connection. */
  get goesOn() {
    const { shouldKeepAlive, writableFinished } = this.#request;
    if (!writableFinished || this.#asked.ends || this.#extra || this.#wire.destroyed) return false;
    // In HTTP/1.0 http looks for keep-alive alone, and not for close beside it.
    if (!leavesOpen(this.#response)) return false;
    // Of a response to HEAD without a length http would say that it lasts until the end of the connection.
    return this.#asked.method === 'HEAD' || shouldKeepAlive;
  }

  /** Have nothing more to do with it; the connection stays as it is. */
  close() {
    this.#request?.destroy();
    this.#wire.destroy();
  }
}
