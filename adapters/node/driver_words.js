// The words of the line protocol (docs/driver-protocol.md), read and written. It knows no command and no module.

/** The command itself is wrong, which says nothing about the module. */
export class DriverError extends Error {}
/** There is no such thing here. */
export class UnsupportedError extends Error {}

export function text(words) {
  const escape = (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`;
  const word = Buffer.from(words).toString('latin1').replace(/[^A-Za-z0-9._~-]/g, escape);
  return word === '' ? '-' : word === '-' ? '%2D' : word;
}

export function number(word) {
  if (!/^(0|-?[1-9][0-9]*)$/.test(word)) throw new DriverError(`${word} is no number`);
  return Number(word); // beyond 2^53 the last digits are rounded, but nothing wraps
}

export const hex = (data) => (data.length === 0 ? '-' : Buffer.from(data).toString('hex'));
export const textOf = (word) => (word === '-' ? '' : decodeURIComponent(word));
export const bytes = (word) => Buffer.from(word === '-' ? '' : word, 'hex');

export function buffer(word, repeat) {
  const piece = bytes(word);
  return piece.length === 0 ? piece : Buffer.alloc(piece.length * number(repeat), piece);
}

/** Names and values of lines `name: value`, each ended by CR LF; without a colon a line is a name with no value. */
export function pairs(word) {
  const lines = bytes(word).toString('latin1').split('\r\n').slice(0, -1);
  const pair = (line) => [line.replace(/:.*/s, ''), line.replace(/^[^:]*: ?/, '')];
  return lines.map((line) => (line.includes(':') ? pair(line) : [line, '']));
}

export function linesOf(headers) {
  return Buffer.from(headers.map(([name, value]) => `${name}: ${value}\r\n`).join(''), 'latin1');
}

/** The limits of these names that are not 0, which leaves one as it is. */
export function limits(names, words) {
  return Object.fromEntries(names.map((name, place) => [name, number(words[place])]).filter(([, limit]) => limit > 0));
}
