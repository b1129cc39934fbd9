// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { systemClock } from '../../time/index.ts';
import { TestGateway } from '../http/gateway.test-support.ts';
import { readAll, StreamBed, streamRule, tcpListener } from '../l4/l4.test-support.ts';
import { Authority, certificateOf, tlsTo } from './authority.test-support.ts';

const HOST = 'a.example.com';
const OURS = await Authority.create('ours');
const DAY_MS = 86_400_000;

describe('a TLS session with an endpoint', () => {
  let bed: StreamBed;
  let gateway: TestGateway;
  /** By which the gateway's clock is ahead of OpenSSL's. */
  let aheadMs: number;

  beforeEach(async () => {
    bed = new StreamBed();
    aheadMs = 0;
    gateway = new TestGateway({}, undefined, { ...systemClock, wallMs: () => Date.now() + aheadMs });
    const server = certificateOf('server', await OURS.issue({ dns: [HOST], endsInDays: 1 }));
    const port = await bed.serveTls(server, socket => socket.end('said'));
    await gateway.apply({
      listeners: [tcpListener(streamRule('r', { main: 1 }))],
      clusters: { main: [port] },
      clusterChanges: { protocol: 'tcp', tls: tlsTo(HOST, OURS) },
      trustBundles: [OURS.bundle],
    });
  });
  afterEach(() => {
    bed.close();
    gateway.close();
  });

  /** How the handshake was of one more stream. */
  async function dial(): Promise<'full' | 'resumed'> {
    const resumed = (): number => gateway.metric('daemun_upstream_tls_handshakes_total', { result: 'resumed' });
    const before = resumed();
    const client = await bed.dial(gateway.port);
    assert.equal(await readAll(client), 'said');
    client.destroy();
    return resumed() > before ? 'resumed' : 'full';
  }

  it('is resumed as long as the certificate is good that was shown, and no longer, however often it was resumed', async () => {
    assert.equal(await dial(), 'full');
    assert.equal(await dial(), 'resumed');
    aheadMs = DAY_MS / 2;
    assert.equal(await dial(), 'resumed');
    aheadMs = DAY_MS + 60_000;
    assert.equal(await dial(), 'full');
  });
});
