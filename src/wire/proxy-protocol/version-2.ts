// SPDX-License-Identifier: Apache-2.0

/**
 * The binary header (§2.2): 12 bytes that no other protocol begins with, version and command, family and transport, the length
 * of what follows, the addresses, and fields of type, length and value of which only the checksum is looked at.
 */
import { addressBytes, addressText } from './address-bytes.ts';
import { crc32c } from './crc32c.ts';
import { INCOMPLETE, LOCAL, malformed, type ProxyHeader, type ProxyHeaderRead } from './header.ts';

export const SIGNATURE_2: Buffer = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
const FIXED_BYTES = 16;
/** Addresses and all fields: certificates and the like travel in them, but a client must not have us wait for 64 KiB. */
const MAX_VARIABLE_BYTES = 4_096;
const COMMAND_LOCAL = 0x20;
const COMMAND_PROXY = 0x21;
/** Family and transport → how long one of its addresses is, in bytes; those of which nothing is taken have 0. */
const IPV4_STREAM = 0x11;
const IPV6_STREAM = 0x21;
const ADDRESS_BYTES: ReadonlyMap<number, number> = new Map([
  [0x00, 0],
  [IPV4_STREAM, 4],
  [0x12, 4],
  [IPV6_STREAM, 16],
  [0x22, 16],
]);
/** UNIX sockets: two paths. */
const UNIX: ReadonlySet<number> = new Set([0x31, 0x32]);
const UNIX_BYTES = 216;
const TYPE_CRC32C = 0x03;
const TLV_BYTES = 3;
const CRC_BYTES = 4;

/** `bytes` begin with `SIGNATURE_2`. */
export function readVersion2(bytes: Buffer): ProxyHeaderRead {
  if (bytes.length < FIXED_BYTES) return INCOMPLETE;
  const variable = bytes.readUInt16BE(14);
  if (variable > MAX_VARIABLE_BYTES) return malformed('it is longer than 4 KiB');
  const length = FIXED_BYTES + variable;
  const command = bytes[12] as number;
  if (command !== COMMAND_LOCAL && command !== COMMAND_PROXY) return malformed('it has no command that there is');
  if (bytes.length < length) return INCOMPLETE;
  const header = bytes.subarray(0, length);
  const read = command === COMMAND_LOCAL ? LOCAL : readAddresses(header);
  return typeof read === 'string' ? malformed(read) : { kind: 'read', header: read, length };
}

function readAddresses(bytes: Buffer): ProxyHeader | string {
  const family = bytes[13] as number;
  const addressLength = ADDRESS_BYTES.get(family);
  if (addressLength === undefined && !UNIX.has(family)) return 'it names no protocol that there is';
  const all = addressLength === undefined ? UNIX_BYTES : addressLength === 0 ? 0 : 2 * addressLength + 4;
  if (FIXED_BYTES + all > bytes.length) return 'it is too short for its addresses';
  const wrong = fieldProblem(bytes, FIXED_BYTES + all);
  if (wrong !== null) return wrong;
  if (addressLength === undefined || addressLength === 0) return LOCAL;
  const [from, to, ports] = [0, 1, 2].map(at => FIXED_BYTES + at * addressLength) as [number, number, number];
  return {
    kind: 'proxied',
    source: { address: addressText(bytes.subarray(from, to)), port: bytes.readUInt16BE(ports) },
    destination: { address: addressText(bytes.subarray(to, ports)), port: bytes.readUInt16BE(ports + 2) },
  };
}

/** null: all is well from `at` to the end. A checksum that is there must be right (§2.2.4). */
function fieldProblem(bytes: Buffer, at: number): string | null {
  for (let from = at; from < bytes.length; ) {
    if (from + TLV_BYTES > bytes.length) return 'its last field is cut off';
    const value = from + TLV_BYTES;
    const end = value + bytes.readUInt16BE(from + 1);
    if (end > bytes.length) return 'its last field is cut off';
    if (bytes[from] === TYPE_CRC32C && !isChecksum(bytes, value, end)) return 'its checksum is wrong';
    from = end;
  }
  return null;
}

/** Of the whole header, with zeros in the checksum's own place. */
function isChecksum(bytes: Buffer, from: number, end: number): boolean {
  if (end - from !== CRC_BYTES) return false;
  const zeroed = Buffer.from(bytes);
  zeroed.fill(0, from, end);
  return crc32c(zeroed) === bytes.readUInt32BE(from);
}

/** Without fields. Ends of two families are written as IPv6, the IPv4 one mapped (RFC 4291 §2.5.5.2). */
export function writeVersion2(header: ProxyHeader): Buffer {
  if (header.kind === 'local') return Buffer.concat([SIGNATURE_2, Buffer.of(COMMAND_LOCAL, 0, 0, 0)]);
  const { source, destination } = header;
  const isIpv6 = source.address.includes(':') || destination.address.includes(':');
  const addresses = [source, destination].map(({ address }) => addressBytes(address, isIpv6));
  const ports = Buffer.alloc(4);
  ports.writeUInt16BE(source.port, 0);
  ports.writeUInt16BE(destination.port, 2);
  const variable = Buffer.concat([...addresses, ports]);
  const fixed = Buffer.of(COMMAND_PROXY, isIpv6 ? IPV6_STREAM : IPV4_STREAM, 0, variable.length);
  return Buffer.concat([SIGNATURE_2, fixed, variable]);
}
