// SPDX-License-Identifier: Apache-2.0

import type { Gateway } from '../../resources/index.ts';
import { intersectHostnames } from '../../values/index.ts';
import type { Problem } from '../outcomes.ts';
import { findingOf } from '../report.ts';
import type { JudgedListener } from './listeners.ts';

type Overlap = Problem<'OverlappingCertificates' | 'OverlappingHostnames'>;

/**
 * TLS listeners of one port whose hostnames or certificates overlap, by index: a client may reuse a connection made
 * for one listener to ask for a host of the other (GEP-3567). Certificates are the stronger reason.
 */
export function findOverlaps(gateway: Gateway, listeners: readonly JudgedListener[]): ReadonlyMap<number, Overlap> {
  const overlaps = new Map<number, Overlap>();
  const secure = listeners.filter(listener => listener.protocol?.secure === true);
  for (const listener of secure) {
    const others = secure.filter(other => other !== listener && other.spec.port === listener.spec.port);
    const byCertificate = others.find(other => certificatesOverlap(listener, other));
    const byHostname = others.find(other => intersectHostnames(listener.hostname, other.hostname) !== undefined);
    const other = byCertificate ?? byHostname;
    if (other === undefined) continue;
    const what = byCertificate === undefined ? 'hostnames' : 'certificates';
    overlaps.set(listener.index, {
      reason: byCertificate === undefined ? 'OverlappingHostnames' : 'OverlappingCertificates',
      finding: findingOf('gateway/overlapping-tls', gateway, {
        path: ['spec', 'listeners', listener.index],
        message: `Listeners ${listener.spec.name} and ${other.spec.name} on port ${listener.spec.port} have overlapping ${what}: clients may reuse one's connection for the other`,
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
