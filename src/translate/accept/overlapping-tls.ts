// SPDX-License-Identifier: Apache-2.0

import { intersectHostnames } from '../../values/index.ts';
import { listenerFinding, listenerName } from '../listener-site.ts';
import type { Problem } from '../outcomes.ts';
import type { JudgedListener } from './listeners.ts';

type Overlap = Problem<'OverlappingCertificates' | 'OverlappingHostnames'>;

/**
 * TLS listeners of one port whose hostnames or certificates overlap, by id: a client may reuse a connection made
 * for one listener to ask for a host of the other (GEP-3567). Certificates are the stronger reason.
 */
export function findOverlaps(listeners: readonly JudgedListener[]): ReadonlyMap<string, Overlap> {
  const overlaps = new Map<string, Overlap>();
  const secure = listeners.filter(listener => listener.protocol?.secure === true);
  for (const listener of secure) {
    const others = secure.filter(other => other !== listener && other.spec.port === listener.spec.port);
    const byCertificate = others.find(other => certificatesOverlap(listener, other));
    const byHostname = others.find(other => intersectHostnames(listener.hostname, other.hostname) !== undefined);
    const other = byCertificate ?? byHostname;
    if (other === undefined) continue;
    const what = byCertificate === undefined ? 'hostnames' : 'certificates';
    overlaps.set(listener.id, {
      reason: byCertificate === undefined ? 'OverlappingHostnames' : 'OverlappingCertificates',
      finding: listenerFinding('gateway/overlapping-tls', listener, {
        message: `Listener ${listener.spec.name} and ${listenerName(other, listener)} on port ${listener.spec.port} have overlapping ${what}: clients may reuse one's connection for the other`,
        help: 'Requests that arrive at the wrong listener get 421; use separate ports or certificates to avoid them',
      }),
    });
  }
  return overlaps;
}

function certificatesOverlap(a: JudgedListener, b: JudgedListener): boolean {
  const namesA = a.certificates.flatMap(certificate => certificate.names);
  const namesB = b.certificates.flatMap(certificate => certificate.names);
  return namesA.some(nameA => namesB.some(nameB => intersectHostnames(nameA, nameB) !== undefined));
}
