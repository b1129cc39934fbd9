// SPDX-License-Identifier: Apache-2.0

import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** `10.0.0.0/8`, `2001:db8::/32` or a single address, in its one form without host bits; undefined: it is none. */
export function parseRange(text: string): string | undefined {
  const [address = '', bits, ...rest] = text.split('/');
  const parsed = parseAddress(address);
  if (parsed === undefined || rest.length > 0) return undefined;
  const most = parsed.kind() === 'ipv4' ? 32 : 128;
  if (bits !== undefined && !/^(?:0|[1-9]\d{0,2})$/.test(bits)) return undefined;
  const length = bits === undefined ? most : Number(bits);
  if (length > most) return undefined;
  const bytes = parsed
    .toByteArray()
    .map((byte, at) => byte & (0xff00 >> Math.min(8, Math.max(0, length - at * 8))) & 0xff);
  return `${ipaddr.fromByteArray(bytes).toString()}/${length}`;
}

/** Addresses that some ranges hold. Immutable. */
export class AddressRanges {
  readonly #ranges: readonly (readonly [Address, number])[];

  /** `ranges`: as `parseRange` gives them. */
  constructor(ranges: readonly string[]) {
    this.#ranges = ranges.map(range => ipaddr.parseCIDR(range));
  }

  /** False also for text that is no address. */
  has(text: string): boolean {
    const address = parseAddress(text);
    if (address === undefined) return false;
    return this.#ranges.some(([range, bits]) => range.kind() === address.kind() && address.match(range, bits));
  }
}

/** An IPv4 address in four decimal parts, or an IPv6 address; an IPv4 one within IPv6 is that. */
function parseAddress(text: string): Address | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  if (!text.includes(':') || text.includes('%') || !ipaddr.IPv6.isValid(text)) return undefined;
  const address = ipaddr.IPv6.parse(text);
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

/** The address that a text names, in its one form; undefined: none. */
export function normalAddress(text: string): string | undefined {
  return parseAddress(text)?.toString();
}

const LOCAL_RANGES: ReadonlySet<string> = new Set(['loopback', 'unspecified', 'linkLocal']);

/**
 * True for IP addresses that mean another place on each machine: loopback ones, unspecified ones, which lead to those, and link-local
 * ones. An API server takes none of them in an EndpointSlice. False also for text that is no address.
 */
export function isMachineLocal(text: string): boolean {
  const address = parseAddress(text);
  return address !== undefined && LOCAL_RANGES.has(address.range());
}

/** The addresses of one range that a host may have, as a list: the first and the last of an IPv4 range are none, nor is the first of an IPv6 one. */
export class RangeMembers {
  readonly #first: Address;
  readonly #offset: number;
  /** At most 2³² − 2 of them are numbered. */
  readonly size: number;

  /** `range`: as `parseRange` gives it. */
  constructor(range: string) {
    const [first, length] = ipaddr.parseCIDR(range);
    const bits = (first.kind() === 'ipv4' ? 32 : 128) - length;
    this.#first = first;
    this.#offset = bits < 2 ? 0 : 1;
    this.size = 2 ** Math.min(bits, 32) - 2 * this.#offset;
  }

  /** The address at a place, from 0 to `size` − 1. */
  at(place: number): string {
    const bytes = this.#first.toByteArray();
    let rest = place + this.#offset;
    for (let at = bytes.length - 1; rest > 0; at--) {
      rest += bytes[at] ?? 0;
      bytes[at] = rest % 256;
      rest = Math.floor(rest / 256);
    }
    return ipaddr.fromByteArray(bytes).toString();
  }
}
