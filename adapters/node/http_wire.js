// A connection as node's http module is to see it: a stream of ours in place of a socket, so that nothing is parsed but
// what a tick hands it. Both halves of HTTP use it; what is beneath says where bytes go.

import { Duplex } from 'node:stream';

/**
 * What is read from it is pushed by its owner. Argument: who is beneath, with `write(bytes, done)`, and with `shut()` for
 * the end of what is written.
 */
export class Wire extends Duplex {
  constructor(beneath) {
    super({ allowHalfOpen: true });
    this.beneath = beneath;
    this.on('error', () => {}); // of a message that is cut off
  }

  _read() {}

  _write(chunk, _encoding, done) {
    this.beneath.write(chunk, done);
  }

  // Head and body leave together: with the second behind the first the system waits for its acknowledgement.
  _writev(chunks, done) {
    this.beneath.write(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  _final(done) {
    this.beneath.shut();
    done();
  }
}
