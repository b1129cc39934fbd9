// SPDX-License-Identifier: Apache-2.0

/** What `bin/daemun` tells OpenSSL as it starts. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, afterEach, before, describe, it } from 'node:test';
import { connect } from 'node:tls';
import { selfSignedCertificate } from '../../demo/index.ts';
import { freePort, type ManifestFolder, manifestFolder } from '../manifests.test-support.ts';
import { Running } from './running.test-support.ts';

/** How many tickets a client of TLS 1.3 has when the server's first word comes, which is after them. */
async function ticketsOf(port: number): Promise<number> {
  const client = connect({ port, host: '127.0.0.1', ALPNProtocols: ['h2'], rejectUnauthorized: false });
  let tickets = 0;
  client.on('session', () => tickets++);
  await once(client, 'data');
  client.destroy();
  return tickets;
}

describe('a full handshake', () => {
  let folder: ManifestFolder;
  let port = 0;
  let running: Running | null = null;

  before(async () => {
    folder = await manifestFolder();
    port = await freePort();
    await folder.write('gw.yaml', await tlsGateway(port));
  });
  afterEach(() => running?.process.kill('SIGKILL'));
  after(() => folder.remove());

  async function ticketsWith(environment: Readonly<Record<string, string>>): Promise<number> {
    const flags = ['-f', folder.path, '--workers', '1', '--admin', 'off'];
    running = new Running(flags, { environment });
    await running.wrote(/Ready in /);
    return ticketsOf(port);
  }

  it('gives one session ticket', async () => assert.equal(await ticketsWith({}), 1));

  for (const environment of [{ OPENSSL_CONF: '/dev/null' }, { NODE_OPTIONS: '--openssl-config=/dev/null' }])
    it(`gives as many as OpenSSL does where the operator says ${Object.keys(environment)[0]}`, async () =>
      assert.equal(await ticketsWith(environment), 2));
});

async function tlsGateway(port: number): Promise<string> {
  const { key, chain } = await selfSignedCertificate([{ kind: 'dns', text: 'localhost' }], {
    nowMs: Date.now(),
    days: 1,
  });
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  return `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: gw }
spec:
  gatewayClassName: daemun
  listeners:
    - { name: https, port: ${port}, protocol: HTTPS, tls: { certificateRefs: [{ name: tls }] } }
---
apiVersion: v1
kind: Secret
metadata: { name: tls }
type: kubernetes.io/tls
data: { tls.crt: ${base64(chain)}, tls.key: ${base64(key)} }
`;
}
