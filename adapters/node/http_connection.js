// One connection of an HttpServer: what came on it, what node's parser made of that, and what waits to be sent. It calls
// nobody back.
//
// Theory of operation. node's http module parses and answers whenever the event loop turns, and all of that is to be
// done in ticks. So it never sees the socket. It is given a stream of ours (`Wire`), as its event `connection` allows:
// the loop puts what arrives into a box, a tick feeds pieces of it into the stream, the parser is through with a piece
// when `push` returns, and what http writes goes on to the socket. What is not fed waits, also for the next object.

import http from 'node:http';
import { Objection, objectionTo, saysClose } from './http_rules.js';
import { Wire } from './http_wire.js';

// Bytes held for coming ticks, beyond which the client is not read: the rest stays with the system and holds it up.
const HELD_LIMIT = 64 << 10;
// The parser goes through a piece without a stop, whatever it holds, so this bounds what is parsed ahead.
const PIECE = 4 << 10;
// Bytes that wait to be sent, from which on the client's next request is not called back.
const UNREAD_LIMIT = 64 << 10;
// What is read and forgotten of a client that goes on sending behind its last answer: were the connection closed at
// once, its bytes under way would be answered by a reset, which takes the answer with it (RFC 9112, section 9.6). It ends
// with so many bytes, or after so many ticks and milliseconds without any; a host that does not pause ticks fast.
const DRAINED_LIMIT = 64 << 20;
const DRAINED_TICKS = 1_000;
const DRAINED_TIME = 1_000;

const STATUS_OF_FAULT = { HPE_HEADER_OVERFLOW: 431, HPE_CHUNK_EXTENSIONS_OVERFLOW: 413 };

/** A parser for connections with these limits. It listens nowhere, has no clock, and answers nothing by itself. */
export function makeParser(limits) {
  const parser = http.createServer({
    maxHeaderSize: limits.line + limits.head,
    // Without it a request that has no Host is answered here and now.
    requireHostHeader: false,
    headersTimeout: 0,
    requestTimeout: 0,
    keepAliveTimeout: 0,
  });
  parser.maxHeadersCount = 0; // it would cut off the rest of them
  const begin = (expects) => (request, response) => request.socket.beneath.begin(request, response, expects);
  parser.on('request', begin(false)).on('checkContinue', begin(true));
  const refuse = (wire, status, why) => wire.beneath.refuse(new Objection(status, why));
  parser.on('checkExpectation', ({ socket }) => refuse(socket, 417, 'an expectation that is not known'));
  parser.on('connect', (_request, wire) => refuse(wire, 501, 'CONNECT: this is no proxy'));
  parser.on('clientError', (error, wire) => {
    if (!wire.beneath.hasHeardOut) refuse(wire, STATUS_OF_FAULT[error.code] ?? 400, error.message);
  });
  return parser;
}

/** One client. Arguments: its socket, which is not read yet; what `makeParser` made; the limits. */
export class HttpConnection {
  /** Why its stream of requests has ended, and whether that was answered. */
  objection = null;
  draining = false;
  #limits;
  #wire;
  #box = [];
  #held = 0;
  #ended = false; // the client has shut down writing
  #requests = []; // those that have begun and are not answered
  #last = false; // no request behind these is one
  #unparsed = 0; // bytes since a request has begun, or ended
  #latest = null; // the latest response
  #method = ''; // of the latest request, which may be the one that is refused
  #silent = 0; // ticks without a byte,
  #since = Date.now(); // and since when
  #moved = 0;
  #drainedFrom = 0;

  constructor(socket, parser, limits) {
    this.socket = socket;
    this.address = `${socket.remoteAddress}:${socket.remotePort}`;
    this.#limits = limits;
    this.#wire = new Wire(this);
    parser.emit('connection', this.#wire);
    this.#wire.read(0); // a stream that nobody has read from yet keeps what is pushed for the next turn
    socket.on('data', (data) => this.#keep(data));
    socket.on('error', () => {}); // 'close' follows
    socket.on('end', () => (this.#ended = true));
    socket.on('close', () => (this.#ended = true));
    socket.resume();
  }

  get gone() {
    return this.socket.destroyed;
  }

  #keep(data) {
    if (this.draining) return;
    this.#box.push(data);
    this.#held += data.length;
    if (this.#held >= HELD_LIMIT) this.socket.pause();
  }

  // --- parsing, inside a tick

  /** Parse what has come, so many bytes at most or up to a whole request. Returns the bytes. */
  feed(most) {
    let fed = 0;
    while (fed < most && this.#held > 0 && !this.#full) {
      if (this.#wire.isPaused()) break; // http does that when answers pile up
      const piece = this.#take(Math.min(PIECE, most - fed));
      fed += piece.length;
      this.#unparsed += piece.length;
      this.#wire.push(piece);
      this.#collect();
    }
    if (this.#held < HELD_LIMIT && this.socket.isPaused() && !this.gone) this.socket.resume();
    this.#promise();
    return fed;
  }

  // Whether nothing more is to be parsed now: a whole request is there, or none will be.
  get #full() {
    if (this.objection || this.draining || this.gone) return true;
    return this.#requests.length > 0 ? this.#requests[0].request.complete : this.#last;
  }

  #take(most) {
    const [first] = this.#box;
    const piece = first.subarray(0, most);
    if (piece.length === first.length) this.#box.shift();
    else this.#box[0] = first.subarray(most);
    this.#held -= piece.length;
    return piece;
  }

  /** The parser has a head. */
  begin(request, response, expects) {
    if (this.objection || this.#last) return;
    this.#unparsed = 0;
    this.#method = request.method;
    const objection = objectionTo(request, this.#limits);
    if (objection) {
      this.refuse(objection);
      return;
    }
    this.#requests.push({ request, response, expects, parts: [], size: 0, exchange: 0 });
    // Of both words in a request of HTTP/1.0 the parser heeds the one that counts less.
    this.#last = !response.shouldKeepAlive || saysClose(request);
    if (this.#last) response.shouldKeepAlive = false;
  }

  /** Whether the last request is whole, behind which nothing is one: the parser minds what stands there. */
  get hasHeardOut() {
    return this.#last && this.#requests.every(({ request }) => request.complete);
  }

  /** No request from here on; those before it are answered first. */
  refuse(objection) {
    this.objection ??= objection;
  }

  // Bodies, as far as the parser has them: of what is left in a request the parser would wait for the event loop.
  #collect() {
    for (const asked of this.#requests) {
      for (let part = asked.request.read(); part !== null; part = asked.request.read()) {
        asked.parts.push(part);
        asked.size += part.length;
        this.#unparsed = 0;
      }
      if (asked.size > this.#limits.body) {
        this.#requests.splice(this.#requests.indexOf(asked));
        this.refuse(new Objection(413, 'a body that is too large'));
      }
    }
    // The parser skips empty lines for ever.
    const between = this.#requests.every(({ request }) => request.complete);
    if (between && this.#unparsed > this.#limits.line + this.#limits.head + PIECE) {
      this.refuse(new Objection(400, 'no request in many bytes'));
    }
  }

  // 100 Continue, to a client that waits for it.
  #promise() {
    const [asked] = this.#requests;
    if (!asked?.expects || asked.size > 0 || asked.request.complete || this.objection) return;
    asked.expects = false;
    asked.response.writeContinue();
  }

  // --- requests and answers

  /** The request whose turn it is, if it is whole and was not told yet. */
  get next() {
    const [asked] = this.#requests;
    return asked?.request.complete && asked.exchange === 0 && this.socket.writableLength < UNREAD_LIMIT ? asked : null;
  }

  /** Whether a request waits for the host. */
  get waits() {
    return this.#requests.length > 0 && this.#requests[0].exchange !== 0;
  }

  /** Answer the request that waits. Arguments as of `checkAnswer`; `close`, whether it is to be the last answer. */
  respond(status, fields, body, close) {
    const [{ request, response, expects }] = this.#requests;
    const bare = status === 204 || status === 304;
    if (status === 205) body = Buffer.alloc(0); // there is nothing to show: RFC 9110, section 15.3.6
    const head = bare ? [...fields] : [...fields, 'Content-Length', String(body.length)];
    // Where 100 Continue was not sent, as the body came without it, http ends the connection.
    if (close || expects || (this.#ended && this.#held === 0 && this.#requests.length === 1)) {
      head.push('Connection', 'close');
      this.#last = true;
      this.#requests.length = 1; // what came behind it is nobody's,
      this.objection = null; // whatever is wrong with it
    }
    this.#requests.shift();
    this.#latest = response;
    this.#rest();
    response.writeHead(status, http.STATUS_CODES[status] ?? '', head);
    response.end(bare || request.method === 'HEAD' ? undefined : body);
  }

  /** Answer the request that waits with 500, behind which nothing is served. */
  fail() {
    const body = Buffer.from('500 Internal Server Error\n');
    this.respond(500, ['Content-Type', 'text/plain; charset=utf-8'], body, true);
  }

  /** Answer what was refused, once all before it are answered. Whether it was. */
  rejectInTurn() {
    if (!this.objection || this.draining || this.#requests.some(({ request }) => request.complete)) return false;
    if (this.#answering) return false;
    this.#reject(this.objection.status);
    return true;
  }

  // By hand, as the documentation of 'clientError' has it: to a parse error there is no response object.
  #reject(status) {
    const line = `${status} ${http.STATUS_CODES[status]}`;
    const fields = `Date: ${new Date().toUTCString()}\r\nContent-Type: text/plain; charset=utf-8\r\n`;
    const length = `Content-Length: ${line.length + 1}\r\nConnection: close\r\n`;
    this.socket.write(`HTTP/1.1 ${line}\r\n${fields}${length}\r\n${this.#method === 'HEAD' ? '' : `${line}\n`}`);
    this.shut();
  }

  // --- the end

  /** For the stream of http: what it writes goes on to the socket, which queues it. */
  write(bytes, done) {
    this.socket.write(bytes);
    done();
  }

  /** Nothing more is sent; what still comes is forgotten. */
  shut() {
    this.draining = true;
    this.#drainedFrom = this.socket.bytesRead;
    this.#requests = [];
    this.#box = [];
    this.#held = 0;
    this.#wire.destroy();
    this.#rest();
    this.socket.resume();
    this.socket.end();
  }

  /** Whether the client is gone, or nothing is left to be done for one that has shut down writing. */
  get over() {
    if (this.gone) return true;
    if (!this.#ended || this.#held > 0 || this.socket.writableLength > 0) return false;
    return this.draining || !(this.objection || this.next || this.waits || this.#answering);
  }

  // Whether http has not written all of the latest answer yet: to one that is pipelined it comes in a later turn.
  get #answering() {
    return this.#latest !== null && !this.#latest.writableFinished;
  }

  /** Whether a part of a request is there. */
  get begun() {
    return this.#requests.length > 0 || this.#unparsed > 0;
  }

  /** Once per tick: whether nothing has moved for `stall` of them (0: no limit), though it is the client's turn. */
  hasStalled(stall) {
    const { bytesRead, bytesWritten, writableLength } = this.socket;
    const moved = bytesRead + bytesWritten - writableLength;
    if (moved !== this.#moved || (this.waits && writableLength === 0)) this.#rest();
    this.#moved = moved;
    this.#silent += 1;
    if (stall > 0) return this.#silent > stall;
    if (!this.draining) return false;
    const silent = this.#silent > DRAINED_TICKS && Date.now() - this.#since > DRAINED_TIME;
    return silent || bytesRead - this.#drainedFrom > DRAINED_LIMIT;
  }

  #rest() {
    this.#silent = 0;
    this.#since = Date.now();
  }

  /** End it where it stands; a request that has begun is answered 408. */
  timeOut() {
    if (this.socket.writableLength > 0 || this.draining) {
      this.close();
      return;
    }
    if (this.begun) this.#reject(408);
    this.socket.destroySoon();
  }

  close() {
    this.socket.destroy();
    this.#wire.destroy();
  }
}
