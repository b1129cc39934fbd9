// SPDX-License-Identifier: Apache-2.0

/** What a request says of its client and of the way it came, and how far its peer is believed. */
import { type AddressRanges, clientAddressOf, goesRound, isDroppedAtEdge } from '../../values/index.ts';
import { type HeaderList, joinedField, type VolatileFields, withoutFields } from '../../wire/index.ts';
import { isMarkedOften } from '../filters/index.ts';

export const FORWARDED_FOR = 'x-forwarded-for';
const REQUEST_ID = 'x-request-id';

/** How far the peer of a connection is believed, by the word of one Gateway. */
export interface PeerTrust {
  /** The proxies that the Gateway trusts, the peer among them; null: it is none. */
  readonly proxies: AddressRanges | null;
  /** False: the Gateway says whom it trusts, and the peer is another one. */
  readonly keepsRequestId: boolean;
}

/** The Gateway names no proxies. */
export const UNASKED: PeerTrust = { proxies: null, keepsRequestId: true };
/** It names others. */
export const DOUBTED: PeerTrust = { proxies: null, keepsRequestId: false };

/** Names that are not passed on as they came, among those that may differ with each request; all others stay in header lists. */
const VARYING: ReadonlySet<string> = new Set([
  'x-envoy-upstream-service-time',
  FORWARDED_FOR,
  'forwarded',
  'x-real-ip',
  'x-original-url',
  'x-rewrite-url',
]);

/** Whether some per-request field is a claim. Per request: one look at each name. */
export function hasClaims(fields: VolatileFields, { keepsRequestId }: PeerTrust): boolean {
  for (let at = 0; fields !== null && at < fields.length; at += 2) {
    const name = fields[at] as string;
    if (VARYING.has(name) || (!keepsRequestId && name === REQUEST_ID)) return true;
  }
  return false;
}

/** `fields` without what the peer is not believed, and without `x-forwarded-for`, which is set anew. */
export function withoutClaims(fields: VolatileFields, { proxies, keepsRequestId }: PeerTrust): VolatileFields {
  const isTrusted = proxies !== null;
  return withoutFields(
    fields,
    name => name === FORWARDED_FOR || isDroppedAtEdge(name, isTrusted) || (!keepsRequestId && name === REQUEST_ID),
  );
}

/** The address of the client: the peer's, or what a trusted proxy says. */
export function clientOf(
  peer: string,
  { proxies }: PeerTrust,
  { head, fields }: { readonly head: HeaderList; readonly fields: VolatileFields },
): string {
  return proxies === null ? peer : clientAddressOf(forwardedFor(head, fields), peer, proxies);
}

/** Whether a request came through more proxies than any chain has. */
export function cameRound(head: HeaderList, fields: VolatileFields): boolean {
  return goesRound(forwardedFor(head, fields)) || isMarkedOften(head);
}

/** `x-forwarded-for` as it came, its fields joined; undefined: there is none. */
export function forwardedFor(head: HeaderList, fields: VolatileFields): string | undefined {
  const said = head.values.filter((_, at) => head.names[at] === FORWARDED_FOR);
  const varying = joinedField(fields, FORWARDED_FOR, ', ');
  if (varying !== undefined) said.push(varying);
  return said.length === 0 ? undefined : said.join(', ');
}
