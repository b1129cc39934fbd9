// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Agent, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { ClientValidation, HttpsListener, RequestListener } from '../../snapshot/index.ts';
import { httpListener, TestGateway } from '../http/gateway.test-support.ts';
import { Authority, type Pair } from '../upstream/authority.test-support.ts';
import { certificate } from './certificate.test-support.ts';

const NAME = 'x-forwarded-client-cert';
const OURS = await Authority.create('ours');
const OTHERS = await Authority.create('others');
const CLIENT = await OURS.issue({ dns: ['client.example.com'], uris: ['spiffe://example.com/a=b;c'] });
const FOREIGN = await OTHERS.issue({ dns: ['client.example.com'] });
const SERVER = await certificate('server', ['a.example.com']);

describe('the certificate of a client', () => {
  const gateway = new TestGateway({ accessLog: true });
  const backend = createServer((received, response) => {
    response.setHeader('said', JSON.stringify(received.headers[NAME] ?? null));
    response.end();
  });

  before(async () => {
    backend.listen(0, '127.0.0.1');
    await once(backend, 'listening');
  });
  after(() => {
    backend.close();
    gateway.close();
  });

  /** `clients` null: nobody is asked. */
  function apply(clients: Partial<ClientValidation> | null, changes: Partial<RequestListener> = {}): Promise<void> {
    const { kind: _kind, ...plain } = httpListener('l', { '/': 'main' });
    const validation: ClientValidation = {
      bundle: OURS.bundle.id,
      certificate: 'wanted',
      isForwarded: true,
      ...clients,
    };
    const tls = { certificates: ['server'], clients: clients === null ? null : validation };
    const listener: HttpsListener = { ...plain, ...changes, kind: 'https', tls };
    return gateway.apply({
      listeners: [listener],
      certificates: [SERVER],
      trustBundles: [OURS.bundle],
      clusters: { main: [(backend.address() as AddressInfo).port] },
      clusterChanges: { protocol: 'h1' },
    });
  }

  /** What the backend hears of a client. */
  async function heard(pair: Pair | undefined, claim?: string, agent: Agent | false = false): Promise<unknown> {
    const headers = { host: 'a.example.com', ...(claim === undefined ? {} : { [NAME]: claim }) };
    const target = { host: '127.0.0.1', port: gateway.port, agent, rejectUnauthorized: false };
    const [response] = await once(request({ ...target, ...pair, headers }).end(), 'response');
    response.resume();
    await once(response, 'end');
    return JSON.parse(response.headers['said']);
  }

  const hash = new X509Certificate(CLIENT.cert).fingerprint256.replaceAll(':', '').toLowerCase();
  const OWN = `Hash=${hash};Subject="CN=backend";DNS=client.example.com;URI="spiffe://example.com/a=b;c"`;

  it('is told to endpoints, in place of what the client claims', async () => {
    await apply({});
    assert.equal(await heard(CLIENT), OWN);
    assert.equal(await heard(CLIENT, 'Hash=00;Subject="CN=admin"'), OWN);
  });

  it('has its names told as they are, one that looks like two as one', async () => {
    const [dns, uris] = [['a, URI:spiffe://admin, DNS:b'], ['https://example.com/a,b', 'https://example.com/"']];
    await apply({});
    assert.match(
      String(await heard(await OURS.issue({ dns, uris }))),
      /;DNS="a, URI:spiffe:\/\/admin, DNS:b";URI="https:\/\/example\.com\/a,b";URI="https:\/\/example\.com\/\\""$/,
    );
  });

  it('is not told when it was not verified, or when nobody asked for that', async () => {
    await apply({});
    for (const pair of [FOREIGN, undefined]) assert.equal(await heard(pair, 'Subject="CN=admin"'), null);
    await apply({ isForwarded: false });
    assert.equal(await heard(CLIENT, 'Subject="CN=admin"'), null);
  });

  it('is told no more on a connection that was there before, while nobody asks for it', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    await apply({});
    const before = gateway.metric('daemun_downstream_connections_total');
    assert.equal(await heard(CLIENT, undefined, agent), OWN);
    await apply(null);
    assert.equal(await heard(CLIENT, 'Subject="CN=admin"', agent), null);
    await apply({});
    assert.equal(await heard(CLIENT, undefined, agent), OWN);
    assert.equal(gateway.metric('daemun_downstream_connections_total'), before + 1);
    agent.destroy();
  });

  it('stands behind what a trusted proxy says of its own client', async () => {
    await apply({}, { trustedProxies: ['127.0.0.1/32'] });
    assert.equal(await heard(CLIENT, 'Subject="CN=behind"'), `Subject="CN=behind", ${OWN}`);
  });

  it('is in the access log', async () => {
    await apply({ isForwarded: false });
    await heard(CLIENT);
    await heard(FOREIGN);
    gateway.runtime.close();
    const subjects = gateway.accessLog
      .trim()
      .split('\n')
      .map(line => JSON.parse(line).client_certificate);
    assert.deepEqual(subjects.slice(-2), ['CN=backend', null]);
  });
});
