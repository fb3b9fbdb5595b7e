// The driver of this port: reads commands of the line protocol (docs/driver-protocol.md), a line each, calls the module,
// and writes what came of them. It can be tried by typing: node driver.js

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setImmediate as turn } from 'node:timers/promises';
import {
  buffer,
  bytes,
  DriverError,
  hex,
  limits,
  linesOf,
  number,
  pairs,
  text,
  textOf,
  UnsupportedError,
} from './driver_words.js';
import * as network from './network.js';

const PROFILES = 'core,lowlevel,client,client-lowlevel,http,http-client';
const VALUE_OF_HELLO = `1 network-node 0.1.0 ${text(`JavaScript (Node.js ${process.version})`)} ${PROFILES}`;
const DEEPEST_REACTION = 50;
const WORDY = ['respond', 'request']; // reactions that take several words
const SERVER_LIMITS = ['line', 'head', 'fields', 'body', 'connections', 'stall'];
const CLIENT_LIMITS = ['head', 'body', 'stall', 'deadline'];
const MOST_KEPT = 1 << 20; // bytes of an object: enough to see a buffer that is used again

/** What a callback throws whose reaction is `raise`. */
class CallbackError extends Error {}

const objects = new Map(); // number -> object
const orphans = new Map(); // number -> orphan
let sequence = 0; // of the command that is running, 0 between commands
let answer = []; // its lines so far
let pending = []; // promises of what callbacks began; the command is over when they are
let depth = 0; // of reactions within reactions
let child; // the process that `child` started

/** What an error becomes: its class as the kind, its text as the message. */
function refused(error) {
  if (error instanceof UnsupportedError) return `unsupported ${text(error.message)}`;
  if (error instanceof DriverError) return `refused driver ${text(error.message)}`;
  const kind = (error?.name ?? 'error').replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();
  return `refused ${kind.replace(/[^a-z0-9]+/g, '-')} ${text(String(error?.message ?? error))}`;
}

const value = (result) => (result === undefined ? 'value' : `value ${result}`);

// --- callbacks and what is done in them

function event(object, words) {
  const line = `${sequence} event ${object.number} ${words}\n`;
  if (sequence > 0) answer.push(line);
  else process.stdout.write(line); // a callback outside any command: the suite wants to know
}

const reactions = {
  send: (object, word) => object.send(bytes(word), bytes(word).length),
  echo: (object, _word, data) => object.send(data, data.length),
  save: (object, word) => object.save(orphan(word)),
  tick: (object) => object.tick(),
  destroy: (object) => void pending.push(object.destroy()),
  close: (object) => object.close(),
  is_connected: (object) => object.isConnected(),
  respond: (object, words, exchange) => {
    const [status, headers, body] = words;
    return object.respond(exchange, number(status), pairs(headers), bytes(body));
  },
  request: (object, words) => {
    const [method, target, headers, body] = words;
    return object.request(textOf(method), textOf(target), pairs(headers), bytes(body));
  },
  query: (object) => [object.hasSession(), object.isOpen(), object.isConnected()].join(' '),
};

// `data` is what the action may need of the callback: what came, or the number of the request.
function fired(object, callback, words, data) {
  event(object, words);
  const [action, word] = object.reactions[callback] ?? ['none'];
  if (action === 'none') return;
  if (action === 'raise') throw new CallbackError('raised on request');
  if (action === 'connect' && depth < DEEPEST_REACTION) {
    pending.push(connectAgain(object));
    return;
  }
  let outcome = 'refused recursion -';
  if (depth < DEEPEST_REACTION) {
    depth += 1;
    try {
      outcome = value(reactions[action](object, word, data));
    } catch (error) {
      outcome = refused(error);
    } finally {
      depth -= 1;
    }
  }
  event(object, `did ${action} ${outcome}`);
}

// Its `did` line comes when the module is done with it, after what it called back. The callback has returned by then, so
// it counts as under way until the command is over: else one that fails and is tried again would never nest, nor end.
async function connectAgain(object) {
  depth += 1;
  let outcome;
  try {
    if (!object.connectedWith) throw new DriverError(`object ${object.number} has had no command connect`);
    outcome = value(await object.connect(...object.connectedWith));
  } catch (error) {
    outcome = refused(error);
  }
  event(object, `did connect ${outcome}`);
}

/** Keeps what a data callback was given, as it was given, beside a copy. */
function keep(object, given) {
  if (object.keptBytes + given.length > MOST_KEPT) return;
  object.keptBytes += given.length;
  object.kept.push({ given, copy: Buffer.from(given) });
}

// Called for each class it has to give: two objects of one class are no reload.
const recording = (base) =>
  class extends base {
    onConnect() {
      fired(this, 'connect', 'connect');
    }
    onDisconnect() {
      fired(this, 'disconnect', 'disconnect');
    }
    onData(data) {
      keep(this, data);
      fired(this, 'data', `data ${data.length} ${hex(data)}`, data);
    }
    onError(message, code) {
      fired(this, 'error', `error ${code} ${text(message)}`);
    }
    onLog(message) {
      fired(this, 'log', `log ${text(message)}`);
    }
    onRequest(exchange, method, target, version, headers, body) {
      const words = [exchange, text(method), text(target), text(version), hex(linesOf(headers)), hex(body)];
      fired(this, 'request', `request ${words.join(' ')}`, exchange);
    }
    onResponse(exchange, status, reason, headers, body) {
      fired(this, 'response', `response ${exchange} ${status} ${text(reason)} ${hex(linesOf(headers))} ${hex(body)}`);
    }
    onFailure(exchange, message, code) {
      fired(this, 'failure', `failure ${exchange} ${code} ${text(message)}`);
    }
  };

const classes = [
  class Plain {},
  recording(network.Server),
  recording(network.Server),
  class Silent extends network.Server {},
  recording(network.Client),
  recording(network.Client),
  class SilentClient extends network.Client {},
  recording(network.HttpServer),
  recording(network.HttpServer),
  class SilentHttpServer extends network.HttpServer {},
  recording(network.HttpClient),
  recording(network.HttpClient),
  class SilentHttpClient extends network.HttpClient {},
];

function make(word, kind, ...given) {
  const key = number(word);
  if (key < 1 || objects.has(key) || !classes[kind]) throw new DriverError(`no object ${word} of class ${kind}`);
  objects.set(key, Object.assign(new classes[kind](...given), { number: key, reactions: {}, kept: [], keptBytes: 0 }));
}

// --- commands; each gets its words and gives the value

function object(word) {
  const found = objects.get(number(word));
  if (!found) throw new DriverError(`no object ${word}`);
  return found;
}

function orphan(word) {
  const key = number(word);
  if (!orphans.has(key)) orphans.set(key, new network.SharedOrphan());
  return orphans.get(key);
}

const handle = (word) => (word === '0' ? null : object(word)._server);
const clientHandle = (word) => (word === '0' ? null : object(word)._client);

// The module tells in a tick what the event loop has brought before it. The first turn ends the loop's present round,
// in which this command was read; the second is a whole round, which finds all that was there before the command.
async function ticked(tick) {
  await turn();
  await turn();
  tick();
}

// Ends with the first tick that is refused.
async function tickOften(object, count) {
  for (let left = count; left > 0; left -= 1) await ticked(() => object.tick());
}

function reloadOften(object, orphan, count) {
  for (let left = count; left > 0; left -= 1) {
    object.save(orphan);
    object.restore(orphan);
  }
}

function sendReused(object, buffer, size) {
  try {
    return object.send(buffer, size);
  } finally {
    buffer.fill(0); // as a program does that uses its buffer again
  }
}

function entries(directory) {
  if (!existsSync(directory)) throw new UnsupportedError('this system does not tell');
  return readdirSync(directory).length;
}

const commands = {
  hello: (_version) => VALUE_OF_HELLO,
  reset: () => forget(),
  bye: () => forget(),

  new: (word, kind) => make(word, kind),
  adapter: (word) => {
    const made = object(word);
    if (made instanceof network.Client) made.makeClientAdapter();
    else if (made instanceof network.HttpServer) made.makeHttpServerAdapter();
    else if (made instanceof network.HttpClient) made.makeHttpClientAdapter();
    // Through the class, so that a plain object is given to the module's method as well.
    else network.Server.prototype.makeServerAdapter.call(made);
  },
  init: (word, port) => object(word).init(number(port)),
  has_session: (word) => object(word).hasSession(),
  is_open: (word) => object(word).isOpen(),
  is_connected: (word) => object(word).isConnected(),
  tick: (word) => ticked(() => object(word).tick()),
  send: (word, data, repeat, size) => object(word).send(buffer(data, repeat), number(size)),
  save: (word, into) => object(word).save(orphan(into)),
  restore: (word, from) => object(word).restore(orphan(from)),
  holds: (word) => orphan(word).server !== null,
  destroy: (word) => object(word).destroy?.(), // a plain object has nothing to destroy
  react: (word, callback, action, ...given) => {
    if (!(action in reactions) && !['none', 'raise', 'connect'].includes(action)) throw new DriverError(`no action ${action}`);
    object(word).reactions[callback] = [action, WORDY.includes(action) ? given : (given[0] ?? '-')];
  },
  ticks: (word, count) => tickOften(object(word), number(count)),
  reloads: (word, through, count) => reloadOften(object(word), orphan(through), number(count)),
  send_reused: (word, data, repeat, size) => sendReused(object(word), buffer(data, repeat), number(size)),
  kept: (word) => object(word).kept.every(({ given, copy }) => copy.equals(given)),
  memory: () => process.memoryUsage.rss(),
  threads: () => entries('/proc/self/task'),
  child: startChild,
  reap: () => {
    if (child === undefined) throw new DriverError('there is no child process');
    return endChild();
  },
  descriptors: () => entries('/dev/fd') - 1, // one is the directory itself, open while it is read

  make_server: (word) => network.makeServer(object(word)),
  server_init: (word, port) => network.serverInit(handle(word), number(port)),
  server_is_open: (word) => network.serverIsOpen(handle(word)),
  server_is_connected: (word) => network.serverIsConnected(handle(word)),
  server_tick: (word) => ticked(() => network.serverTick(handle(word))),
  server_send: (word, data, repeat, size) => network.serverSend(handle(word), buffer(data, repeat), number(size)),
  server_restore: (word, target) => network.serverRestore(handle(word), object(target)),

  connect: (word, host, port, timeout) => {
    const client = object(word);
    client.connectedWith = [textOf(host), number(port), number(timeout)];
    return client.connect(...client.connectedWith);
  },
  close: (word) => object(word).close(),
  make_client: (word) => network.makeClient(object(word)),
  client_connect: (word, host, port, timeout) =>
    network.clientConnect(clientHandle(word), textOf(host), number(port), number(timeout)),
  client_is_connected: (word) => network.clientIsConnected(clientHandle(word)),
  client_tick: (word) => ticked(() => network.clientTick(clientHandle(word))),
  client_send: (word, data, repeat, size) =>
    network.clientSend(clientHandle(word), buffer(data, repeat), number(size)),
  client_close: (word) => network.clientClose(clientHandle(word)),

  http_new: (word, kind, line, head, fields, body, connections, stall) =>
    make(word, kind, limits(SERVER_LIMITS, [line, head, fields, body, connections, stall])),
  respond: (word, exchange, status, headers, body, repeat) =>
    object(word).respond(number(exchange), number(status), pairs(headers), buffer(body, repeat)),

  http_client_new: (word, kind, head, body, stall, deadline) =>
    make(word, kind, limits(CLIENT_LIMITS, [head, body, stall, deadline])),
  http_init: (word, host, port) => object(word).init(textOf(host), number(port)),
  request: (word, method, target, headers, body, repeat) =>
    object(word).request(textOf(method), textOf(target), pairs(headers), buffer(body, repeat)),
  cancel: (word, exchange) => object(word).cancel(number(exchange)),
};

async function forget() {
  await endChild();
  for (const each of objects.values()) each._client?.discard();
  const handles = [...objects.values()].map((each) => each._server);
  handles.push(...[...orphans.values()].map((each) => each.server));
  objects.clear();
  orphans.clear();
  await Promise.all(handles.map((each) => each?.close()));
}

/** A process that does nothing until its input ends, with all that Node.js lets a child inherit. */
async function startChild() {
  if (child !== undefined) throw new DriverError('there is a child process already');
  child = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
  child.stdin.on('error', () => {}); // it is ended while its input is open
  try {
    await once(child, 'spawn');
  } catch (error) {
    child = undefined;
    throw new UnsupportedError(`no child process can be started: ${error.code}`);
  }
}

async function endChild() {
  const ending = child;
  child = undefined;
  if (ending === undefined) return;
  ending.kill('SIGKILL');
  await once(ending, 'close');
}

async function carryOut(name, words) {
  if (!Object.hasOwn(commands, name)) return 'unsupported';
  const command = commands[name];
  try {
    const react = name === 'react' && words.length <= 7;
    if (words.length !== command.length && !react) throw new DriverError(`${name} takes ${command.length} words, not ${words.length}`);
    return value(await command(...words));
  } catch (error) {
    return refused(error);
  } finally {
    while (pending.length > 0) await Promise.all(pending.splice(0));
    depth = 0;
  }
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  if (line === '') continue;
  const [first, name, ...words] = line.split(' ');
  sequence = Number(first);
  const outcome = await carryOut(name, words);
  answer.push(`${sequence} ${outcome}\n`);
  process.stdout.write(answer.join(''));
  answer = [];
  sequence = 0;
  if (name === 'bye') break;
}
await forget();
process.stdin.destroy(); // after bye its other end may stay open, which would keep this process alive
