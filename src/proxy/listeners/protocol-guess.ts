// SPDX-License-Identifier: Apache-2.0

/** What the first bytes of a connection look like. `undecided`: more bytes are needed. */
export type ProtocolGuess = 'http2' | 'http1' | 'tls' | 'undecided';

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');
/** A request line longer than this is not waited for. */
const MAX_REQUEST_LINE = 8_192;
const TLS_HANDSHAKE = 0x16;
const TLS_MAJOR = 0x03;
/** A line with a method that everyone knows, or with any version of HTTP: whatever is wrong with the rest, its sender expects an answer in text. */
const REQUEST_LINE = /^\s*(?:GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH)\s|HTTP\/\d/i;

/**
 * Tells HTTP/2 with prior knowledge (RFC 9113 §3.4), HTTP/1.x and TLS apart. What is none of them is left to HTTP/2, which refuses it.
 */
export function guessProtocol(bytes: Buffer): ProtocolGuess {
  if (beginsAlike(bytes, PREFACE)) return bytes.length < 4 ? 'undecided' : 'http2';
  if (bytes[0] === TLS_HANDSHAKE) {
    if (bytes.length < 2) return 'undecided';
    return bytes[1] === TLS_MAJOR ? 'tls' : 'http2';
  }
  const text = bytes.toString('latin1', 0, MAX_REQUEST_LINE);
  if (REQUEST_LINE.test(text)) return 'http1';
  const isOver = text.trimStart().includes('\n') || text.length === MAX_REQUEST_LINE;
  return isOver || !isPrintable(text) ? 'http2' : 'undecided';
}

/** Not by `compare`, which leaves 400 bytes of garbage with each connection. */
function beginsAlike(one: Buffer, other: Buffer): boolean {
  const common = Math.min(one.length, other.length);
  for (let at = 0; at < common; at++) if (one[at] !== other[at]) return false;
  return true;
}

function isPrintable(text: string): boolean {
  return /^[\r\n\x20-\x7e]*$/.test(text);
}
