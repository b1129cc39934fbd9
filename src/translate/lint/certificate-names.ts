// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import { ANY_HOST, intersectHostnames } from '../../values/index.ts';
import type { AcceptedGateway } from '../accept/gateways.ts';
import { listenerFinding } from '../listener-site.ts';

/** Says that no certificate of a listener is for the listener's hostname: clients will refuse it. */
export function lintCertificateNames({ listeners }: AcceptedGateway): readonly Finding[] {
  return listeners.flatMap(({ judged }) => {
    const { spec, hostname, certificates } = judged;
    const names = certificates.flatMap(certificate => certificate.names);
    if (hostname === ANY_HOST || certificates.length === 0 || names.some(name => isFor(name, hostname))) return [];
    return [
      listenerFinding('gateway/certificate-name-mismatch', judged, {
        path: ['tls', 'certificateRefs'],
        message: `No certificate of listener ${spec.name} is for ${hostname}: they are for ${names.join(', ') || 'no name'}`,
        help: `Use a certificate for ${hostname}; a wildcard in a certificate stands for one label only`,
      }),
    ];
  });
}

/** RFC 6125 §6.4.3: a certificate's wildcard takes exactly one label, unlike a listener's. */
function isFor(name: string, hostname: string): boolean {
  if (name === hostname) return true;
  if (hostname.startsWith('*.')) return intersectHostnames(name, hostname) !== undefined;
  return name.startsWith('*.') && hostname.slice(hostname.indexOf('.') + 1) === name.slice(2);
}
