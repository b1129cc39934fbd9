// SPDX-License-Identifier: Apache-2.0
import { setTimeout as delay } from 'node:timers/promises';
import { withCertificate, withPeer } from '../bed.ts';
import { type HandshakeShape, handshakes, openIdleTls } from '../load/tls.ts';
import { rssBytes } from '../processes.ts';
import type { BenchCase, LoadCase } from './bench-case.ts';

const RSA: readonly string[] = ['rsa:2048'];

/** Idle connections that are open at once. */
const IDLE = 2000;
/** For every program alike: what a handshake leaves behind is collected and given back when the handshakes are over. */
const SETTLING_MS = 15_000;

function handshakeCase(key: 'ECDSA P-256' | 'RSA 2048', shape: HandshakeShape): LoadCase {
  return {
    name: `TLS handshakes ${shape.isResumed ? 'resumed' : 'full'}, ${shape.version}, ${key}`,
    calls: 4_000,
    each: 'handshake',
    // The bed's own key is of P-256.
    bedOf: bed => (key === 'RSA 2048' ? withCertificate(bed, RSA) : bed),
    run: (_bed, { setup }, n) => handshakes(setup.tlsPort, shape, n),
  };
}

/** CPU µs of the proxy for a handshake, the connection around it included. */
export function handshakeCases(): LoadCase[] {
  const versions = ['TLSv1.3', 'TLSv1.2'] as const;
  return [
    ...versions.map(version => handshakeCase('ECDSA P-256', { version, isResumed: false })),
    ...versions.map(version => handshakeCase('RSA 2048', { version, isResumed: false })),
    ...versions.map(version => handshakeCase('ECDSA P-256', { version, isResumed: true })),
  ];
}

/** KiB of resident memory of the proxy for each idle HTTP/2 connection over TLS, some time after the handshakes. */
export const idleTlsMemory: BenchCase = {
  name: 'idle TLS connection',
  measure: stand =>
    withPeer(stand, {}, async ({ setup, pid }) => {
      const shape: HandshakeShape = { version: 'TLSv1.3', isResumed: false };
      const warm = await openIdleTls(setup.tlsPort, IDLE / 10, shape);
      const before = rssBytes(pid);
      const idle = await openIdleTls(setup.tlsPort, IDLE, shape);
      await delay(SETTLING_MS);
      const bytes = (rssBytes(pid) - before) / IDLE;
      idle.close();
      warm.close();
      return [{ name: 'idle TLS connection', unit: 'KiB RSS', value: bytes / 1024 }];
    }),
};
