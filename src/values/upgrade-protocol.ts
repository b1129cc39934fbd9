// SPDX-License-Identifier: Apache-2.0

/** One name, with a version if it has one (RFC 9110 §7.8). */
const PROTOCOL = /^[\w.+-]+(?:\/[\w.+-]+)?$/;
/** HTTP/2 is taken by its preface or by ALPN (RFC 9113 §3.1 dropped the upgrade). */
const HTTP = /^(?:h2c|https?(?:\/.*)?)$/;

/**
 * The protocol that a request may ask to go on with, in lower case; null: `text` names none, or several, or HTTP itself: a server behind us
 * would read requests of which we know nothing.
 */
export function upgradeProtocol(text: string): string | null {
  const name = text.toLowerCase();
  return PROTOCOL.test(name) && !HTTP.test(name) ? name : null;
}
