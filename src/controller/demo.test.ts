// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ResourceSet } from '../resources/index.ts';
import { memoryStore } from '../store/index.ts';
import { DemoAuthority } from './demo/demo-authority.ts';
import { DemoCertificates } from './demo/demo-certificates.ts';
import { DemoServices } from './demo/demo-services.ts';

const GATEWAY = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'Gateway',
  metadata: { name: 'gw', namespace: 'default' },
  spec: {
    gatewayClassName: 'daemun',
    listeners: [
      {
        name: 'https',
        port: 443,
        protocol: 'HTTPS',
        hostname: '*.example.com',
        tls: { certificateRefs: [{ name: 'cert' }] },
      },
    ],
  },
};
const service = (name: string, spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default' },
  spec: {
    ports: [
      { name: 'grpc', port: 9000 },
      { name: 'more', port: 9001 },
    ],
    ...spec,
  },
});
const DEPLOYMENT = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web', tier: 'x' } } },
  },
};

async function resources(...objects: object[]): Promise<ResourceSet> {
  const store = memoryStore(objects);
  await store.start();
  return store.current().resources;
}

describe('--demo, for Services', () => {
  const demo = new DemoServices(async () => null);
  after(() => demo.close());

  it('runs two pods for a Service without endpoints, as many as its Deployment asks for, none where there are some', async () => {
    const slice = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'own-1', namespace: 'default', labels: { 'kubernetes.io/service-name': 'own' } },
      addressType: 'IPv4',
      ports: [{ port: 1 }],
      endpoints: [{ addresses: ['127.0.0.1'] }],
    };
    const set = await resources(
      service('plain'),
      service('web', { selector: { app: 'web' } }),
      DEPLOYMENT,
      service('own'),
      slice,
      service('far', { type: 'ExternalName', externalName: 'example.com' }),
    );
    const added = await demo.add(set);
    const owners = [...added.endpointSlices.values()].map(
      ({ metadata }) => metadata.labels['kubernetes.io/service-name'],
    );
    assert.deepEqual(owners.sort(), ['own', 'plain', 'plain', 'web', 'web', 'web']);
    const web = [...added.endpointSlices.values()].find(({ metadata }) => metadata.name.startsWith('web-'));
    assert.match(web?.endpoints[0]?.targetRef?.name ?? '', /^web-[a-z0-9]+-[a-z0-9]{5}$/);
    assert.deepEqual(
      web?.ports.map(port => port.name),
      ['grpc', 'more'],
    );
  });

  it('keeps the slices of Services that stay', async () => {
    const before = await demo.add(await resources(service('plain')));
    const after = await demo.add(await resources(service('plain'), service('more')));
    for (const [key, slice] of before.endpointSlices) assert.equal(after.endpointSlices.get(key), slice);
    assert.equal(after.endpointSlices.size, 4);
  });
});

describe('--demo, for certificates', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'daemun-demo-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('mints a Secret that is missing, for the hostname and the address, and says so', async () => {
    const authority = new DemoAuthority({ stateDirectory: folder, nowMs: Date.now });
    const demo = new DemoCertificates(authority, { addressOf: () => '127.0.0.7' });
    const set = await resources(GATEWAY);
    const { resources: added, findings } = await demo.add(set);
    const secret = added.secrets.get('default/cert');
    const certificate = new X509Certificate(Buffer.from(secret?.data['tls.crt'] ?? '', 'base64'));
    assert.equal(certificate.subjectAltName, 'DNS:*.example.com, IP Address:127.0.0.7');
    assert.deepEqual(
      findings.map(({ code, severity }) => [code, severity]),
      [['demo/certificate-minted', 'warning']],
    );
    assert.equal((await demo.add(set)).resources.secrets, added.secrets);
    assert.equal(authority.caFile, join(folder, 'ca', 'ca.crt'));
  });

  it('leaves resources alone that lack nothing', async () => {
    const authority = new DemoAuthority({ stateDirectory: folder, nowMs: Date.now });
    const demo = new DemoCertificates(authority, { addressOf: () => '127.0.0.1' });
    const set = await resources(service('a'));
    assert.equal((await demo.add(set)).resources, set);
    assert.equal(authority.caFile, null);
  });
});
