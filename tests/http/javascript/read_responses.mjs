// What HttpClient of adapters/node makes of responses that come whole, byte by byte, and cut in two at every place.
//
//     node read_responses.mjs < CASES
//
// CASES is a list of {method, data, closes} as JSON, data in hex. For each it writes, as JSON: `whole`, what was read of
// the whole, and `differing`, the cuts by which something else was read (0: byte by byte).

import { text } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import { Exchange } from '../../../adapters/node/http_client_exchange.js';
import { checkRequest } from '../../../adapters/node/http_client_rules.js';
import { HTTP_CLIENT_LIMITS } from '../../../adapters/node/network.js';

/** A connection that has taken the request, and on which a piece comes when it is told to. */
class Pretended {
  #piece = Buffer.alloc(0);

  get held() {
    return this.#piece.length;
  }

  come(piece) {
    this.#piece = piece;
  }

  take(most) {
    const taken = this.#piece.subarray(0, most);
    this.#piece = this.#piece.subarray(taken.length);
    return taken;
  }

  write(_bytes, done) {
    done();
  }

  shut() {}
}

async function read({ method, closes }, pieces) {
  const connection = new Pretended();
  const asked = checkRequest(method, '/', [], Buffer.alloc(0), 'localhost');
  const exchange = new Exchange(asked, connection, HTTP_CLIENT_LIMITS);
  await turn(); // http takes its stream in a later turn, and has written the request by then
  let left = pieces.length;
  for (const piece of pieces) {
    if (exchange.isOver) break;
    connection.come(piece);
    exchange.feed(piece.length);
    left -= 1;
  }
  if (closes && !exchange.isOver) {
    exchange.finish();
    await turn();
  }
  const reading = { failed: exchange.failure !== null, response: null, keeps: false };
  if (exchange.isWhole) {
    const [status, reason, fields, body] = exchange.response;
    reading.response = [status, reason, fields, body.toString('hex')];
    reading.keeps = exchange.goesOn && !closes && left === 0 && connection.held === 0;
  }
  exchange.close();
  return reading;
}

async function readEachWay(given) {
  const data = Buffer.from(given.data, 'hex');
  const whole = await read(given, [data]);
  const differing = [];
  for (let cut = 0; cut < data.length; cut += 1) {
    const pieces = cut === 0 ? [...data].map((byte) => Buffer.of(byte)) : [data.subarray(0, cut), data.subarray(cut)];
    if (JSON.stringify(await read(given, pieces)) !== JSON.stringify(whole)) differing.push(cut);
  }
  return { whole, differing };
}

const results = [];
for (const given of JSON.parse(await text(process.stdin))) results.push(await readEachWay(given));
process.stdout.write(JSON.stringify(results));
