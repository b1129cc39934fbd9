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
