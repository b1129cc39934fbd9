// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualClock } from '../../proxy/virtual-clock.test-support.ts';
import {
  EMPTY_RESOURCES,
  type Gateway,
  parseResource,
  type Resource,
  type ResourceSet,
} from '../../resources/index.ts';
import type { ObservedObject, WriteQueue } from '../../store/index.ts';
import type { GatewayOutcome, Translation } from '../../translate/index.ts';
import { ClusterObjects } from './cluster-objects.ts';

const OURS = 'daemun.dev/gateway-controller';

function read(object: object): Resource {
  const parsed = parseResource(object, { defaultNamespace: 'a' });
  if (parsed.outcome !== 'resource') throw new Error(JSON.stringify(parsed));
  return parsed.resource;
}

const classOf = (controllerName: string) =>
  read({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'GatewayClass',
    metadata: { name: 'c' },
    spec: { controllerName },
  });

function gateway(infrastructure: object = {}, name = 'web'): Gateway {
  const resource = read({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name },
    spec: {
      gatewayClassName: 'c',
      infrastructure,
      listeners: [
        { name: 'http', port: 80, protocol: 'HTTP' },
        { name: 'more', port: 80, protocol: 'HTTP', hostname: 'a.org' },
        { name: 'dns', port: 53, protocol: 'UDP' },
      ],
    },
  });
  if (resource.kind !== 'Gateway') throw new Error(resource.kind);
  return resource;
}

type ClusterIps = GatewayOutcome['assignment']['clusterIps'];

interface World {
  readonly gateways: readonly Gateway[];
  readonly addresses?: readonly string[];
  readonly isOurs?: boolean;
  readonly clusterIps?: ClusterIps;
  /** Attached to the Gateway `web`. */
  readonly sets?: readonly Resource[];
  /** As the Gateway `web` is served while it breaks us as it is written. */
  readonly served?: Gateway;
}

/** A cluster, as far as it takes in what is applied to it. */
function setUp() {
  const services = new Map<string, Resource>();
  const slices = new Map<string, Resource>();
  const taken: string[] = [];
  const due = new Set<string>();
  const clock = new VirtualClock();
  const objects = new ClusterObjects({
    controllerName: OURS,
    objects: { observed: key => ({ uid: `uid of ${key}`, key, apiVersion: 'v1' }) as ObservedObject },
    services: null,
    clock,
    onTaken: (key, name) => taken.push(`${key} for ${name}`),
  });
  objects.writeThrough({ mark: (key: string) => void due.add(key) } as unknown as WriteQueue);
  const resourcesOf = ({ gateways, sets = [], isOurs = true }: World): ResourceSet =>
    ({
      ...EMPTY_RESOURCES,
      gatewayClasses: new Map([['c', classOf(isOurs ? OURS : 'example.com/other')]]),
      gateways: new Map(gateways.map(each => [`a/${each.metadata.name}`, each])),
      listenerSets: new Map(sets.map(each => [`a/${each.metadata.name}`, each])),
      services: new Map(services),
      endpointSlices: new Map(slices),
    }) as ResourceSet;
  /** Reloads; returns the requests. Unless `isLate`, the store knows at once what was applied. */
  const reload = (world: World, { isLate = false, isRefused = false } = {}) => {
    const { addresses = ['10.0.0.1'], isOurs = true, clusterIps = null, sets = [] } = world;
    const outcome = { controllerName: OURS, addresses, assignment: { clusterIps } };
    const gateways = new Map(isOurs ? world.gateways.map(each => [`a/${each.metadata.name}`, outcome]) : []);
    const attached = { gateway: 'a/web', accepted: null };
    const listenerSets = new Map(sets.map(({ metadata }) => [`a/${metadata.name}`, attached]));
    const setAside = world.served === undefined ? [] : [{ field: 'gateways', name: 'a/web', served: world.served }];
    const translation = { outcomes: { gateways, listenerSets }, setAside } as unknown as Translation;
    due.clear();
    objects.reloaded({ resources: resourcesOf(world), translation });
    const requests: { method: string; path: string; body: Record<string, unknown>; force: string | undefined }[] = [];
    for (const key of due) {
      const write = objects.prepare(key);
      if (write === undefined) continue;
      const { method, path, body, query } = write.request;
      requests.push({ method, path, body: body as Record<string, unknown>, force: query?.['force'] });
      if (isRefused) {
        void write.conflicted(new AbortController().signal);
        continue;
      }
      write.done(undefined);
      const map = key.startsWith('Service/') ? services : slices;
      const name = key.slice(key.indexOf('/') + 1);
      if (method === 'DELETE') map.delete(name);
      else if (!isLate) map.set(name, read(body as object));
    }
    return requests;
  };
  return { reload, services, slices, taken, clock };
}

function metadataOf(request: { readonly body: Record<string, unknown> } | undefined) {
  return (request?.body['metadata'] ?? {}) as Record<string, Record<string, string>>;
}

describe('the objects that a Gateway owns', () => {
  it('are a Service without address and a slice with those of the Gateway, applied once', () => {
    const { reload } = setUp();
    const [service, slice] = reload({ gateways: [gateway()] });
    assert.equal(service?.path, '/api/v1/namespaces/a/services/web-daemun');
    assert.deepEqual(service?.body['spec'], {
      clusterIP: 'None',
      ports: [
        { name: 'tcp-80', port: 80, protocol: 'TCP' },
        { name: 'udp-53', port: 53, protocol: 'UDP' },
      ],
    });
    const { labels, ownerReferences } = metadataOf(service);
    assert.equal(labels?.['gateway.networking.k8s.io/gateway-name'], 'web');
    assert.equal(labels?.['gateway.networking.k8s.io/gateway-class-name'], 'c');
    assert.deepEqual(ownerReferences, [
      { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway', name: 'web', uid: 'uid of Gateway/a/web' },
    ]);
    assert.equal(slice?.path, '/apis/discovery.k8s.io/v1/namespaces/a/endpointslices/web-daemun');
    assert.deepEqual(slice?.body['endpoints'], [{ addresses: ['10.0.0.1'], conditions: { ready: true } }]);
    assert.deepEqual(reload({ gateways: [gateway()] }), []);
  });

  it('are not applied again before the store knows of them', () => {
    const { reload, clock } = setUp();
    assert.equal(reload({ gateways: [gateway()] }, { isLate: true }).length, 2);
    assert.equal(reload({ gateways: [gateway()] }, { isLate: true }).length, 0);
    clock.advance(10_000);
    assert.equal(reload({ gateways: [gateway()] }, { isLate: true }).length, 2, 'they came and went unseen');
  });

  it('carry the labels and annotations of the infrastructure, and lose them again', () => {
    const { reload } = setUp();
    const labels = { team: 'a', 'gateway.networking.k8s.io/gateway-name': 'another' };
    const [service] = reload({ gateways: [gateway({ labels, annotations: { note: 'b' } })] });
    const metadata = metadataOf(service);
    assert.equal(metadata['labels']?.['team'], 'a');
    assert.equal(metadata['annotations']?.['note'], 'b');
    assert.equal(metadata['labels']?.['gateway.networking.k8s.io/gateway-name'], 'web', 'ours are not overwritten');
    const [changed] = reload({ gateways: [gateway()] });
    assert.equal(changed?.force, 'true');
    assert.equal(metadataOf(changed)['labels']?.['team'], undefined);
  });

  it('lead to what is served of a Gateway that breaks us as it is written', () => {
    const { reload } = setUp();
    reload({ gateways: [gateway()] });
    const { spec, ...rest } = gateway();
    const written: Gateway = { ...rest, spec: { ...spec, listeners: spec.listeners.slice(0, 1) } };
    assert.deepEqual(reload({ gateways: [written], served: gateway() }), []);
    assert.equal(reload({ gateways: [written] }).length, 2);
  });

  it('are mended when somebody takes their label away or deletes them', () => {
    const { reload, services } = setUp();
    reload({ gateways: [gateway()] });
    const service = services.get('a/web-daemun');
    assert.ok(service);
    const labels = { 'app.kubernetes.io/managed-by': 'daemun' };
    services.set('a/web-daemun', { ...service, metadata: { ...service.metadata, labels } } as Resource);
    assert.equal(reload({ gateways: [gateway()] }).length, 1);
    services.delete('a/web-daemun');
    assert.equal(reload({ gateways: [gateway()] }).length, 1);
  });

  it('are made again each time that somebody deletes them, also right after they were made', () => {
    const { reload, services, slices } = setUp();
    reload({ gateways: [gateway()] });
    for (let times = 0; times < 3; times++) {
      assert.equal(reload({ gateways: [gateway()] }).length, 0);
      services.delete('a/web-daemun');
      slices.delete('a/web-daemun');
      assert.equal(reload({ gateways: [gateway()] }).length, 2, String(times));
    }
  });

  it('are mended when somebody leads a slice elsewhere', () => {
    const { reload, slices } = setUp();
    reload({ gateways: [gateway()] });
    const slice = slices.get('a/web-daemun');
    assert.ok(slice?.kind === 'EndpointSlice');
    const conditions = { ready: true };
    const [http, ...others] = slice.ports;
    const changes = [
      { endpoints: [] },
      { endpoints: [{ addresses: ['10.0.0.9'], conditions }] },
      { endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: false } }] },
      { endpoints: [...slice.endpoints, { addresses: ['10.0.0.9'], conditions }] },
      { ports: others },
      { ports: [{ ...http, port: 8080 }, ...others] },
    ];
    for (const change of changes) {
      slices.set('a/web-daemun', { ...slice, ...change } as Resource);
      assert.equal(reload({ gateways: [gateway()] }).length, 1, JSON.stringify(change));
      assert.deepEqual(slices.get('a/web-daemun'), slice);
    }
  });

  it('leave what is somebody else’s alone, and say so once', () => {
    const { reload, services, taken } = setUp();
    services.set(
      'a/web-daemun',
      read({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web-daemun' }, spec: { ports: [{ port: 80 }] } }),
    );
    const requests = [...reload({ gateways: [gateway()] }), ...reload({ gateways: [gateway()] })];
    assert.deepEqual(
      requests.map(({ path }) => path),
      ['/apis/discovery.k8s.io/v1/namespaces/a/endpointslices/web-daemun'],
    );
    assert.deepEqual(taken, ['Service/a/web-daemun for a/web']);
  });

  it('take nothing by force that is not known to be ours', () => {
    const { reload, taken } = setUp();
    const requests = reload({ gateways: [gateway()] }, { isRefused: true });
    assert.deepEqual(
      requests.map(({ force }) => force),
      ['false', 'false'],
    );
    assert.equal(reload({ gateways: [gateway()] }).length, 0);
    assert.equal(taken.length, 2);
  });

  it('go when the Gateway is another controller’s, and stay when it is not known', () => {
    const { reload, services } = setUp();
    reload({ gateways: [gateway()] });
    assert.deepEqual(reload({ gateways: [], isOurs: false }), [], 'deleted with its owner, or by nobody');
    const requests = reload({ gateways: [gateway()], isOurs: false });
    assert.deepEqual(
      requests.map(({ method, body }) => [method, body['preconditions']]),
      [
        ['DELETE', { uid: 'uid of Service/a/web-daemun' }],
        ['DELETE', { uid: 'uid of EndpointSlice/a/web-daemun' }],
      ],
    );
    assert.equal(services.size, 0);
  });

  it('are one Service for each ClusterIP too, which leads to the address behind it at all ports', () => {
    const { reload } = setUp();
    const clusterIps = {
      wanted: [
        { value: '', place: 0 },
        { value: '10.96.0.7', place: 0 },
      ],
      backing: '10.0.0.2',
    };
    const set = read({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'ListenerSet',
      metadata: { name: 'more' },
      spec: { parentRef: { name: 'web' }, listeners: [{ name: 'x', port: 8080, protocol: 'HTTP' }] },
    });
    const world = { gateways: [gateway()], addresses: [], clusterIps, sets: [set] };
    const requests = reload(world);
    assert.deepEqual(
      requests.map(({ path }) => path.replace(/.*\/namespaces/, '')),
      ['services', 'endpointslices', 'services', 'endpointslices'].map(
        (kind, index) => `/a/${kind}/web-daemun-ip-${index < 2 ? '0' : '10-96-0-7'}`,
      ),
    );
    const ports = [
      { name: 'tcp-80', port: 80, protocol: 'TCP' },
      { name: 'udp-53', port: 53, protocol: 'UDP' },
      { name: 'tcp-8080', port: 8080, protocol: 'TCP' },
    ];
    const any = { type: 'ClusterIP', ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack', ports };
    assert.deepEqual(requests[0]?.body['spec'], any);
    assert.deepEqual(requests[2]?.body['spec'], { ...any, clusterIP: '10.96.0.7' });
    assert.deepEqual(requests[3]?.body['endpoints'], [{ addresses: ['10.0.0.2'], conditions: { ready: true } }]);
    assert.equal(metadataOf(requests[3])['labels']?.['kubernetes.io/service-name'], 'web-daemun-ip-10-96-0-7');
    assert.deepEqual(reload(world), []);
    const fewer = { ...world, clusterIps: { ...clusterIps, wanted: clusterIps.wanted.slice(0, 1) } };
    assert.deepEqual(
      reload(fewer).map(({ method, path }) => `${method} ${path.split('/').at(-1)}`),
      ['DELETE web-daemun-ip-10-96-0-7', 'DELETE web-daemun-ip-10-96-0-7'],
    );
  });

  it('exist for the longest name and for addresses of both families', () => {
    const { reload } = setUp();
    const name = `${'a'.repeat(61)}.`.repeat(4).concat('b'.repeat(5));
    const requests = reload({ gateways: [gateway({}, name)], addresses: ['10.0.0.1', 'fd00::1'] });
    assert.deepEqual(
      requests.map(({ body }) => body['addressType']),
      [undefined, 'IPv4', 'IPv6'],
    );
    assert.equal(new Set(requests.map(({ path }) => path)).size, 3);
  });
});
