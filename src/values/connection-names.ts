// SPDX-License-Identifier: Apache-2.0

/** Names of fields that are about one connection, not about a message (RFC 9110 §7.6.1, RFC 9113 §8.2.2): no codec gives them on or sends them for others. */
export const CONNECTION_NAMES: ReadonlySet<string> = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

/** They say how a message is framed or where it goes, which no trailer can any more (RFC 9110 §6.5.1). */
export const FRAMING_NAMES: ReadonlySet<string> = new Set(['content-length', 'host', 'te', 'trailer']);

/** Whether a field (lower-case name) belongs to who sends a message: nobody else's word, a filter's or a server's, changes it. */
export function isConnectionField(name: string): boolean {
  return CONNECTION_NAMES.has(name) || FRAMING_NAMES.has(name);
}
