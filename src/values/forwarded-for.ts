// SPDX-License-Identifier: Apache-2.0

import { type AddressRanges, normalAddress } from './address-ranges.ts';

/** Entries of `x-forwarded-for`, or marks in `cdn-loop`, that are looked at, from its end: chains of proxies are short. A request with more goes round, or its client made them up. */
const MAX_HOPS = 32;

/**
 * The address of the client behind trusted proxies. Each proxy appends whom it got the request from, so `x-forwarded-for` is read from its
 * end while entries are proxies that are trusted; the first other one is the client, and what stands before it is only its word. `peer`:
 * the end of the connection, one of the `proxies`. Where an entry is no address, the one behind it is the client.
 */
export function clientAddressOf(forwardedFor: string | undefined, peer: string, proxies: AddressRanges): string {
  let client = peer;
  let end = forwardedFor?.length ?? 0;
  for (let hops = 0; end > 0 && hops < MAX_HOPS; hops++) {
    const comma = forwardedFor?.lastIndexOf(',', end - 1) ?? -1;
    const address = normalAddress(withoutPort(forwardedFor?.slice(comma + 1, end).trim() ?? ''));
    if (address === undefined) return client;
    client = address;
    if (!proxies.has(address)) return client;
    end = comma;
  }
  return client;
}

/** Whether a request came through more proxies than any chain has: it goes round between some that send to each other, or one to itself. */
export function goesRound(forwardedFor: string | undefined): boolean {
  return crossesMore(forwardedFor, MAX_HOPS);
}

/** Whether it came through more than `hops`; what stands in each entry does not matter. */
export function crossesMore(forwardedFor: string | undefined, hops: number): boolean {
  let at = -1;
  for (let left = hops; left > 0; left--) {
    at = forwardedFor?.indexOf(',', at + 1) ?? -1;
    if (at < 0) return false;
  }
  return true;
}

/** `192.0.2.1:80` and `[2001:db8::1]:80` are written by some. */
function withoutPort(entry: string): string {
  if (entry.startsWith('[')) return entry.slice(1, Math.max(1, entry.indexOf(']')));
  return /^[\d.]+:\d+$/.test(entry) ? entry.slice(0, entry.indexOf(':')) : entry;
}
