// SPDX-License-Identifier: Apache-2.0

/** What the first bytes of a connection look like. `undecided`: more bytes are needed. */
export type ProtocolGuess = 'h2' | 'http1' | 'tls' | 'undecided';

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');
/** A request line longer than this is not waited for. */
const MAX_REQUEST_LINE = 8_192;
const TLS_HANDSHAKE = 0x16;
const TLS_MAJOR = 0x03;
const REQUEST_LINE = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+ \S+ HTTP\/1\.[01]\r?$/;

/** Tells HTTP/2 with prior knowledge (RFC 9113 §3.4), HTTP/1.x and TLS apart. What is none of them is left to HTTP/2, which refuses it. */
export function guessProtocol(bytes: Buffer): ProtocolGuess {
  const common = Math.min(bytes.length, PREFACE.length);
  if (bytes.compare(PREFACE, 0, common, 0, common) === 0) return bytes.length < 4 ? 'undecided' : 'h2';
  if (bytes[0] === TLS_HANDSHAKE) {
    if (bytes.length < 2) return 'undecided';
    return bytes[1] === TLS_MAJOR ? 'tls' : 'h2';
  }
  const lineEnd = bytes.indexOf(10);
  if (lineEnd < 0) return bytes.length < MAX_REQUEST_LINE && isPrintable(bytes) ? 'undecided' : 'h2';
  return REQUEST_LINE.test(bytes.toString('latin1', 0, lineEnd)) ? 'http1' : 'h2';
}

function isPrintable(bytes: Buffer): boolean {
  return bytes.every(byte => (byte >= 0x20 && byte <= 0x7e) || byte === 13);
}
