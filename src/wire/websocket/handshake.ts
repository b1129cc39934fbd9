// SPDX-License-Identifier: Apache-2.0

import { createHash } from 'node:crypto';

/**
 * What a WebSocket handshake over HTTP/1.1 proves (RFC 6455 §1.3): that a server answers this request, and knows what it is asked for. It
 * is of one hop. HTTP/2 has no need of it (RFC 8441 §5), so heads above the codecs say neither the key nor what is made of it.
 */
export const WEBSOCKET = 'websocket';
export const KEY_FIELD = 'sec-websocket-key';
export const ACCEPT_FIELD = 'sec-websocket-accept';

/** RFC 6455 §1.3: a server that knows it knows the protocol. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const KEY_BYTES = 16;

/** Whether it is 16 bytes in base64. */
export function isKey(value: string): boolean {
  return /^[A-Za-z0-9+/]{21}[AQgw]==$/.test(value);
}

/** A key that no answer of before fits. `random`: numbers from 0 up to, but not, 1. */
export function newKey(random: () => number): string {
  const bytes = Buffer.alloc(KEY_BYTES);
  for (let at = 0; at < KEY_BYTES; at++) bytes[at] = random() * 256;
  return bytes.toString('base64');
}

/** What a server that takes the key answers. */
export function acceptOf(key: string): string {
  return createHash('sha1')
    .update(key + GUID)
    .digest('base64');
}
