// HttpClient of adapters/node asks a server that mirrors bodies.
//
//     node post_bodies.mjs PORT SIZE...
//
// It posts a body of each size, all at once, and writes what became of them as JSON: `mirrored`, whether the body of each
// response is the one that was sent, and `connections`, how many were made.

import { setTimeout as pause } from 'node:timers/promises';
import { HttpClient } from '../../../adapters/node/network.js';

const [port, ...sizes] = process.argv.slice(2).map(Number);
const bodies = sizes.map((size, place) => Buffer.alloc(size, `body ${place} `));

class Asking extends HttpClient {
  mirrored = [];
  connections = 0;

  onResponse(exchange, status, _reason, _headers, body) {
    this.mirrored.push(status === 200 && body.equals(bodies[exchange - 1]));
  }
  onFailure(_exchange, message) {
    this.mirrored.push(message);
  }
  onLog(message) {
    if (message.startsWith('connected')) this.connections += 1;
  }
}

const client = new Asking();
client.makeHttpClientAdapter();
client.init('localhost', port);
for (const body of bodies) client.request('POST', '/', [], body);
while (client.mirrored.length < bodies.length) {
  client.tick();
  await pause(1);
}
client.destroy();
process.stdout.write(JSON.stringify({ mirrored: client.mirrored, connections: client.connections }));
