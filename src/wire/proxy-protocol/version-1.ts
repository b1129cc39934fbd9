// SPDX-License-Identifier: Apache-2.0

/** One line of text (§2.1): `PROXY TCP4 192.0.2.1 198.51.100.1 56324 443` and CRLF. */
import ipaddr from 'ipaddr.js';
import { addressText } from './address-bytes.ts';
import { INCOMPLETE, LOCAL, malformed, type ProxyAddress, type ProxyHeader, type ProxyHeaderRead } from './header.ts';

export const SIGNATURE_1: Buffer = Buffer.from('PROXY ');
/** With its CRLF: what the longest line of the protocol is (§2.1). */
const MAX_LINE_BYTES = 107;
const CR = 13;
const LF = 10;
const PORT = /^(?:0|[1-9]\d{0,4})$/;

/** `bytes` begin with `SIGNATURE_1`. */
export function readVersion1(bytes: Buffer): ProxyHeaderRead {
  const end = bytes.subarray(0, MAX_LINE_BYTES).indexOf(LF);
  if (end < 0) return bytes.length < MAX_LINE_BYTES ? INCOMPLETE : malformed('its line is longer than 107 bytes');
  if (bytes[end - 1] !== CR) return malformed('its line does not end with CRLF');
  const header = parseLine(bytes.toString('latin1', SIGNATURE_1.length, end - 1));
  return typeof header === 'string' ? malformed(header) : { kind: 'read', header, length: end + 1 };
}

function parseLine(line: string): ProxyHeader | string {
  const [family, source = '', destination = '', sourcePort = '', destinationPort = '', ...rest] = line.split(' ');
  // What follows the word must be ignored.
  if (family === 'UNKNOWN') return LOCAL;
  if (family !== 'TCP4' && family !== 'TCP6') return 'it names no protocol that there is';
  if (rest.length > 0 || destinationPort === '') return 'its line has not six words';
  const from = parseEnd(family, source, sourcePort);
  const to = parseEnd(family, destination, destinationPort);
  return from === null || to === null
    ? 'it names no valid addresses and ports'
    : { kind: 'proxied', source: from, destination: to };
}

function parseEnd(family: 'TCP4' | 'TCP6', address: string, port: string): ProxyAddress | null {
  if (!PORT.test(port) || Number(port) > 65_535) return null;
  if (family === 'TCP4') return isIpv4(address) ? { address, port: Number(port) } : null;
  if (address.includes('%') || !ipaddr.IPv6.isValid(address)) return null;
  return { address: addressText(ipaddr.IPv6.parse(address).toByteArray()), port: Number(port) };
}

/** In its one form: no zeros before a number, which some would read as octal. */
function isIpv4(address: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(address) && ipaddr.IPv4.parse(address).toString() === address;
}

/** The line, with its CRLF. Ends of two families have no line that names them. */
export function writeVersion1(header: ProxyHeader): Buffer {
  if (header.kind === 'local') return Buffer.from('PROXY UNKNOWN\r\n');
  const { source, destination } = header;
  const isIpv6 = source.address.includes(':');
  if (isIpv6 !== destination.address.includes(':')) return Buffer.from('PROXY UNKNOWN\r\n');
  const words = [isIpv6 ? 'TCP6' : 'TCP4', source.address, destination.address, source.port, destination.port];
  return Buffer.from(`PROXY ${words.join(' ')}\r\n`);
}
