// SPDX-License-Identifier: Apache-2.0

import { isIP } from 'node:net';

/** A name that a certificate can be issued for. */
export interface CertificateHost {
  readonly kind: 'dns' | 'ip';
  /** DNS names in lower case; IPv6 addresses in their shortest form, without an embedded IPv4 part. */
  readonly text: string;
}

const LABEL = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?';
const DNS_NAME = new RegExp(`^(\\*\\.)?${LABEL}(\\.${LABEL})*$`);

/** A DNS name, a wildcard (`*.example.com`) or an IP address; undefined for anything else. */
export function parseCertificateHost(text: string): CertificateHost | undefined {
  if (isIP(text) === 4) return { kind: 'ip', text };
  if (isIP(text) === 6) return { kind: 'ip', text: new URL(`http://[${text}]`).hostname.slice(1, -1) };
  const name = text.toLowerCase();
  return name.length <= 253 && DNS_NAME.test(name) ? { kind: 'dns', text: name } : undefined;
}
