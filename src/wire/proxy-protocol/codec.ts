// SPDX-License-Identifier: Apache-2.0

import { INCOMPLETE, type ProxyHeader, type ProxyHeaderRead, type ProxyVersion } from './header.ts';
import { readVersion1, SIGNATURE_1, writeVersion1 } from './version-1.ts';
import { readVersion2, SIGNATURE_2, writeVersion2 } from './version-2.ts';

/**
 * Reads the header at the beginning of a connection, of either version. `bytes`: all that came so far; more bytes never change
 * an answer but `incomplete`. At most 4,112 bytes are waited for. Never throws.
 */
export function readProxyHeader(bytes: Buffer): ProxyHeaderRead {
  if (beginsLike(bytes, SIGNATURE_2)) return bytes.length < SIGNATURE_2.length ? INCOMPLETE : readVersion2(bytes);
  if (beginsLike(bytes, SIGNATURE_1)) return bytes.length < SIGNATURE_1.length ? INCOMPLETE : readVersion1(bytes);
  return { kind: 'absent' };
}

/** What is sent before all else on a connection to one that expects it. */
export function writeProxyHeader(version: ProxyVersion, header: ProxyHeader): Buffer {
  return version === 'v1' ? writeVersion1(header) : writeVersion2(header);
}

/** As far as both go. */
function beginsLike(bytes: Buffer, signature: Buffer): boolean {
  const length = Math.min(bytes.length, signature.length);
  return bytes.compare(signature, 0, length, 0, length) === 0;
}
