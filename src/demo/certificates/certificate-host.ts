// SPDX-License-Identifier: Apache-2.0

import { isIP } from 'node:net';

/** A name that a certificate can be issued for. */
export interface CertificateHost {
  readonly kind: 'dns' | 'ip';
  /** DNS names in lower case. */
  readonly text: string;
}

const LABEL = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?';
const DNS_NAME = new RegExp(`^(\\*\\.)?${LABEL}(\\.${LABEL})*$`);

/** A DNS name, a wildcard (`*.example.com`) or an IP address; undefined for anything else. */
export function parseCertificateHost(text: string): CertificateHost | undefined {
  if (isIP(text) !== 0) return { kind: 'ip', text };
  const name = text.toLowerCase();
  return name.length <= 253 && DNS_NAME.test(name) ? { kind: 'dns', text: name } : undefined;
}

/** The address's bytes: four, or sixteen. */
export function ipBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  // `URL` writes an IPv6 address in its shortest form, without an embedded IPv4 part.
  const shortest = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = shortest.split('::');
  const left = groups(head);
  const right = groups(tail ?? '');
  const all =
    tail === undefined ? left : [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
  return Buffer.from(all.map(group => group.padStart(4, '0')).join(''), 'hex');
}

function groups(text: string): string[] {
  return text === '' ? [] : text.split(':');
}
