// SPDX-License-Identifier: Apache-2.0

/** Whether a certificate is for the names that are wanted of an endpoint. Names of subjects (CN) do not count (RFC 9525 §6.3). */
import type { PeerIdentity } from '../../snapshot/index.ts';
import { alternativeNames } from '../../values/index.ts';

/** True when one of the certificate's alternative names (`subjectaltname` of Node's certificates) is one of `wanted`. */
export function hasIdentity(subjectAltName: string | undefined, wanted: readonly PeerIdentity[]): boolean {
  for (const { type, name } of alternativeNames(subjectAltName)) {
    if (type === 'DNS' && wanted.some(one => one.kind === 'hostname' && isSameHost(one.hostname, name))) return true;
    if (type === 'URI' && wanted.some(one => one.kind === 'uri' && one.uri === name)) return true;
  }
  return false;
}

/** Either may have a wildcard for one label, the first. */
function isSameHost(wanted: string, name: string): boolean {
  const [a, b] = [plain(wanted), plain(name)];
  return a === b || covers(a, b) || covers(b, a);
}

function covers(pattern: string, host: string): boolean {
  if (!pattern.startsWith('*.') || host.startsWith('*')) return false;
  const dot = host.indexOf('.');
  return dot > 0 && host.slice(dot) === pattern.slice(1);
}

function plain(host: string): string {
  return host.toLowerCase().replace(/\.$/, '');
}
