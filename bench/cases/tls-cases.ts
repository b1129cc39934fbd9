// SPDX-License-Identifier: Apache-2.0
import { type Bed, type Running, withCertificate } from '../bed.ts';
import { type HandshakeShape, handshakes, openIdleTls } from '../load/tls.ts';
import { rssBytes } from '../processes.ts';
import type { LoadCase } from './load-case.ts';

const ECDSA: readonly string[] = ['ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
const RSA: readonly string[] = ['rsa:2048'];

/** A case whose proxy has another certificate than the bed's. */
export interface HandshakeCase extends LoadCase {
  bedOf(bed: Bed): Bed;
}

function handshakeCase(key: 'ECDSA P-256' | 'RSA 2048', shape: HandshakeShape): HandshakeCase {
  return {
    name: `TLS handshakes ${shape.isResumed ? 'resumed' : 'full'}, ${shape.version}, ${key}`,
    calls: 4_000,
    bedOf: bed => withCertificate(bed, key === 'RSA 2048' ? RSA : ECDSA),
    run: (_bed, { setup }, n) => handshakes(setup.tlsPort, shape, n),
  };
}

/** CPU µs of the proxy for a handshake, the connection around it included. */
export function handshakeCases(): HandshakeCase[] {
  const versions = ['TLSv1.3', 'TLSv1.2'] as const;
  return [
    ...versions.map(version => handshakeCase('ECDSA P-256', { version, isResumed: false })),
    ...versions.map(version => handshakeCase('RSA 2048', { version, isResumed: false })),
    ...versions.map(version => handshakeCase('ECDSA P-256', { version, isResumed: true })),
  ];
}

/** KiB of resident memory of the proxy for each idle HTTP/2 connection over TLS, out of `count`. */
export async function idleTlsMemory({ setup, pid }: Running, count: number): Promise<number> {
  const shape: HandshakeShape = { version: 'TLSv1.3', isResumed: false };
  const warm = await openIdleTls(setup.tlsPort, Math.ceil(count / 10), shape);
  const before = rssBytes(pid);
  const idle = await openIdleTls(setup.tlsPort, count, shape);
  const bytes = (rssBytes(pid) - before) / count;
  idle.close();
  warm.close();
  return bytes / 1024;
}
