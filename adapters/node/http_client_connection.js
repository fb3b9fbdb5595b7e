// One connection of an HttpClient to its server: what came on it and waits for a tick, and what is to be sent. It knows
// no HTTP and calls nobody back.

import net from 'node:net';
import { constants } from 'node:os';

// Bytes held for coming ticks, or parts in which they came, beyond which the server is not read: the rest stays with the
// system and holds it up.
const HELD_LIMIT = 256 << 10;
const PARTS_LIMIT = 1 << 10;
// So much is given to the system at a time: what it has taken can be told from what still waits.
const SENT_AT_ONCE = 64 << 10;

/** It begins to connect at once; what becomes of that is to be asked for. */
export class ToServer {
  /** Bytes that wait for a tick. */
  held = 0;
  /** Its server's, once it is connected. */
  address = '';
  #socket;
  #box = [];
  #connected = false;
  #ended = false;
  #sent = 0;

  constructor(host, port) {
    const socket = net.connect({ host, port, allowHalfOpen: true, noDelay: true, autoSelectFamily: true });
    this.#socket = socket;
    socket.on('connect', () => this.#reached());
    socket.on('data', (data) => this.#keep(data));
    socket.on('error', () => {}); // `failure` has it, before it is told here
    socket.on('end', () => (this.#ended = true));
  }

  #reached() {
    const { localAddress, localPort, remoteAddress, remotePort } = this.#socket;
    this.address = `${remoteAddress}:${remotePort}`;
    this.#connected = true;
    // Nobody listens on the port, and the system happened to choose it for this end: that is no server.
    if (localPort !== remotePort || localAddress !== remoteAddress) return;
    this.#connected = false;
    const { ECONNREFUSED: errno } = constants.errno;
    this.#socket.destroy(Object.assign(new Error('connection refused'), { errno }));
  }

  get connected() {
    return this.#connected;
  }

  /** Whether nothing more will come than what is held. */
  get ended() {
    return this.#ended || this.#socket.destroyed;
  }

  /** Why it broke, or was never there; null when its server has ended it, or nobody has. */
  get failure() {
    return this.#socket.errored;
  }

  /** A count that grows with each byte that moves. */
  get moved() {
    return this.#sent + this.#socket.bytesRead;
  }

  #keep(data) {
    this.#box.push(data);
    this.held += data.length;
    if (this.#full) this.#socket.pause();
  }

  get #full() {
    return this.held >= HELD_LIMIT || this.#box.length >= PARTS_LIMIT;
  }

  /** The next bytes of what is held, so many at most. */
  take(most) {
    const [first] = this.#box;
    const piece = first.subarray(0, most);
    if (piece.length === first.length) this.#box.shift();
    else this.#box[0] = first.subarray(most);
    this.held -= piece.length;
    if (!this.#full && this.#socket.isPaused() && !this.#socket.destroyed) this.#socket.resume();
    return piece;
  }

  /** Send, piece by piece as the system takes them; then `done` is called, or never when the connection breaks. */
  write(bytes, done) {
    const piece = bytes.subarray(0, SENT_AT_ONCE);
    this.#socket.write(piece, (error) => {
      // An answer may be in the box all the same, and who is told of the error would read no more.
      if (error) return;
      this.#sent += piece.length;
      if (piece.length < bytes.length) this.write(bytes.subarray(piece.length), done);
      else done();
    });
  }

  /** For the stream of http, which may end what it writes: whether the connection ends is not for it to say. */
  shut() {}

  /** End it at once, with what waits to be sent. */
  close() {
    this.#socket.destroy();
  }
}
