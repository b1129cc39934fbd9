// SPDX-License-Identifier: Apache-2.0

import { listenerFinding, listenerName } from '../listener-site.ts';
import type { Problem } from '../outcomes.ts';
import type { JudgedListener } from './listeners.ts';
import { NameOverlaps } from './name-overlaps.ts';

type Overlap = Problem<'OverlappingCertificates' | 'OverlappingHostnames'>;

/**
 * TLS listeners of one port whose hostnames or certificates overlap, by id: a client may reuse a connection made
 * for one listener to ask for a host of the other (GEP-3567). Certificates are the stronger reason.
 */
export function findOverlaps(listeners: readonly JudgedListener[]): ReadonlyMap<string, Overlap> {
  const secure = listeners.filter(({ protocol }) => protocol?.secure === true);
  const overlaps = new Map<string, Overlap>();
  for (const ofPort of Map.groupBy(secure, ({ spec }) => spec.port).values()) addOverlaps(ofPort, overlaps);
  return overlaps;
}

/** Those of the listeners of one port. */
function addOverlaps(secure: readonly JudgedListener[], overlaps: Map<string, Overlap>): void {
  const certificates = new NameOverlaps(secure.map(listener => listener.certificates.flatMap(({ names }) => names)));
  const hostnames = new NameOverlaps(secure.map(({ hostname }) => [hostname]));
  for (const [at, listener] of secure.entries()) {
    const byCertificate = secure[certificates.firstOther(at) ?? -1];
    const other = byCertificate ?? secure[hostnames.firstOther(at) ?? -1];
    if (other === undefined) continue;
    const what = byCertificate === undefined ? 'hostnames' : 'certificates';
    overlaps.set(listener.id, {
      reason: byCertificate === undefined ? 'OverlappingHostnames' : 'OverlappingCertificates',
      finding: listenerFinding('gateway/overlapping-tls', listener, {
        message: `Listener ${listener.spec.name} and ${listenerName(other, listener)} on port ${listener.spec.port} have overlapping ${what}: clients may reuse one's connection for the other`,
        help: consequence(listener),
      }),
    });
  }
}

/** What becomes of a connection made for `listener` when its client asks for a host of the other. */
function consequence({ protocol }: JudgedListener): string {
  return protocol?.listener === 'https'
    ? 'Requests that arrive at the wrong listener get 421; use separate ports or certificates to avoid them'
    : 'Connections go where their server name says (reset when no route takes it), whatever is asked for in them; use separate ports or certificates to keep the two apart';
}
