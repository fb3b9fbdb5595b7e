// What an HttpClient may send, and what it takes for a response. Here is no parser and no socket: a request is looked
// at before it is given to http, a response as node's parser gives it.

import http from 'node:http';
import { domainToASCII } from 'node:url';
import { isHost, options, saysClose, values } from './http_rules.js';

// A path with or without a query. RFC 9112, section 3.2.1
const PATH = /^\/[!-"$-~]*$/;
// Methods whose requests have no body by themselves, so that nothing is said of an empty one (RFC 9110, section 8.6).
const WITHOUT_BODY = ['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE'];
// Methods that may be sent a second time where nobody knows whether they arrived (RFC 9110, section 9.2.2).
const IDEMPOTENT = [...WITHOUT_BODY, 'PUT'];
// Fields that say where a body ends and what follows it, which is not for the program to say.
const RESERVED = ['content-length', 'transfer-encoding', 'trailer'];
// Statuses of responses that have no body, whatever their fields say (RFC 9112, section 6.3).
const BARE = [204, 304];

/** What stands in the field Host for a server; null for what is no name of one. RFC 9110, section 7.2 */
export function hostField(host, port) {
  // The zone of an address is known on this side alone (RFC 6874, section 4).
  const literal = host.includes(':') ? `[${host.replace(/%.*/s, '')}]` : host;
  const name = /[^\0-\x7f]/.test(literal) ? domainToASCII(literal) : literal;
  const field = port === 80 ? name : `${name}:${port}`;
  return name !== '' && isHost(field) ? field : null;
}

/**
 * A request as http takes it. Arguments: those of `HttpClient.request`, and what stands in Host where the program gives
 * no such field. Throws for what HTTP forbids, and for what http would make another request of.
 */
export function checkRequest(method, target, headers, body, host) {
  http.validateHeaderName(method); // a token, too
  if (method === 'CONNECT') throw new RangeError('CONNECT is for proxies');
  if (method !== method.toUpperCase()) throw new RangeError(`${method} would be sent in capitals, as another method`);
  const path = target === '' ? '/' : target;
  if (!PATH.test(path) && !(path === '*' && method === 'OPTIONS')) {
    throw new RangeError(`${JSON.stringify(target)} is no path, with or without a query`);
  }
  for (const [name, value] of headers) {
    http.validateHeaderName(name);
    http.validateHeaderValue(name, value);
  }
  const fields = headers.filter(([name]) => !RESERVED.includes(name.toLowerCase()));
  const given = { rawHeaders: fields.flat() };
  const hosts = values(given, 'host');
  if (hosts.length > 1 || !hosts.every((each) => isHost(each.trim()))) {
    throw new RangeError('more than one field Host, or one that is no host');
  }
  if (hosts.length === 0) fields.unshift(['Host', host]);
  if (body.length > 0 || !WITHOUT_BODY.includes(method)) fields.push(['Content-Length', String(body.length)]);
  // Without it http would say close, for it does not know that somebody keeps the connection.
  if (values(given, 'connection').length === 0) fields.push(['Connection', 'keep-alive']);
  const repeatable = IDEMPOTENT.includes(method);
  return { method, path, fields: fields.flat(), body: Buffer.from(body), ends: saysClose(given), repeatable };
}

/** Why a response (an IncomingMessage) is none, as its head tells; null if it is one. */
export function faultOf(response) {
  const { httpVersion, httpVersionMajor, statusCode } = response;
  if (httpVersionMajor !== 1) return `version ${httpVersion} of HTTP`;
  return statusCode === 101 ? 'another protocol, which nobody asked for' : null;
}

/** Whether a response to such a request says that its body is larger than that. */
export function isTooLarge(response, method, largest) {
  if (method === 'HEAD' || BARE.includes(response.statusCode)) return false;
  return values(response, 'content-length').some((length) => Number(length) > largest);
}

/**
 * Whether another request may follow on a connection, as far as the fields of its response tell. RFC 9112, section 9.3;
 * behind chunks in HTTP/1.0 none may (section 6.1).
 */
export function leavesOpen(response) {
  if (saysClose(response)) return false;
  if (response.httpVersionMinor > 0) return true;
  return options(response).includes('keep-alive') && values(response, 'transfer-encoding').length === 0;
}
