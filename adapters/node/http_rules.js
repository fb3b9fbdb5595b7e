// What RFC 9110 and RFC 9112 ask of a request where node's parser lets pass what they rule out. Here is no parser: a
// request is looked at as the parser gives it, and what does not show there stands in baseline.toml.

const HOST =
  /^(?:(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*|\[[0-9A-Fa-f:.]+\]|\[v[0-9A-Fa-f]+\.[A-Za-z0-9._~!$&'()*+,;=:-]+\])(?::[0-9]*)?$/;
const ABSOLUTE = /^https?:\/\/([^/?#:][^/?#]*)(?:[/?].*)?$/i;
// What a field takes beside its name and value: colon, space and line end.
const PER_FIELD = 4;

/** A request that is not served: the status that says why, and a sentence for the log. */
export class Objection {
  constructor(status, why) {
    this.status = status;
    this.why = why;
  }
}

/** The objection to the head of a request (an IncomingMessage), null if there is none. */
export function objectionTo(request, limits) {
  return ofVersion(request) ?? ofSize(request, limits) ?? ofTarget(request) ?? ofHost(request) ?? ofBody(request, limits);
}

/** The values of a field of a message as they came; `name` is in lower case. */
export function values({ rawHeaders }, name) {
  return rawHeaders.filter((_, place) => place % 2 === 1 && rawHeaders[place - 1].toLowerCase() === name);
}

/** Whether a message asks for the end of its connection, whatever else it asks for. RFC 9112, section 9.3 */
export function saysClose(message) {
  return options(message).includes('close');
}

/** The words of its fields Connection, in lower case. */
export function options(message) {
  const words = values(message, 'connection').flatMap((value) => value.split(','));
  return words.map((word) => word.trim().toLowerCase());
}

function ofVersion({ httpVersion, httpVersionMajor }) {
  // What had no version at all is told as 0.9.
  return httpVersionMajor === 1 ? null : new Objection(505, `version ${httpVersion} of HTTP`);
}

// The parser bounds the head as a whole, and cuts off fields that are too many, where it is not told to leave that.
function ofSize({ method, url, rawHeaders }, limits) {
  if (method.length + url.length + ' '.length * 2 + 'HTTP/1.1'.length > limits.line) {
    return new Objection(414, 'a request line that is too long');
  }
  if (rawHeaders.length / 2 > limits.fields) return new Objection(431, 'too many fields');
  const size = rawHeaders.reduce((sum, part) => sum + part.length, (rawHeaders.length / 2) * PER_FIELD);
  return size > limits.head ? new Objection(431, 'a head that is too large') : null;
}

function ofTarget({ method, url }) {
  if (url.includes('#')) return new Objection(400, 'a target with a fragment');
  if (url.startsWith('/') || (url === '*' && method === 'OPTIONS')) return null;
  const authority = ABSOLUTE.exec(url)?.[1];
  return authority && isHost(authority) ? null : new Objection(400, 'a target that this method does not have');
}

function ofHost(request) {
  const hosts = values(request, 'host');
  if (hosts.length > 1 || (hosts.length === 0 && request.httpVersionMinor > 0)) {
    return new Objection(400, `${hosts.length} fields Host`);
  }
  return hosts.every(isHost) ? null : new Objection(400, 'a field Host that is no host');
}

/** Whether it can stand in a field Host. */
export const isHost = (word) => HOST.test(word);

// That chunked comes last, and that no length stands beside it, is seen to by the parser.
function ofBody(request, limits) {
  const [length] = values(request, 'content-length');
  if (length !== undefined && Number(length) > limits.body) return new Objection(413, 'a body that is too large');
  const named = values(request, 'transfer-encoding');
  if (named.length === 0) return null;
  const codings = named.join(',').toLowerCase().split(',');
  if (request.httpVersionMinor === 0) return new Objection(400, 'a Transfer-Encoding in HTTP/1.0');
  if (codings.some((coding) => coding.trim() !== 'chunked')) return new Objection(501, 'a coding that is not known');
  return codings.length > 1 ? new Objection(400, 'chunked twice') : null;
}
