// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualClock } from '../../proxy/virtual-clock.test-support.ts';
import type { RedirectorState } from '../../redirect/index.ts';
import { bindFailure } from '../../snapshot/index.ts';
import { memoryStore } from '../../store/index.ts';
import { NO_ADDRESSES } from '../addresses/no-addresses.ts';
import { viewOnce } from '../offline.ts';
import { Translator } from '../reload/translator.ts';
import type { View } from '../shown/view.ts';
import { FrontendPlaces } from './frontend-places.ts';
import { type MeshReport, meshReport } from './mesh-report.ts';

const LIVE: RedirectorState = { kind: 'live', table: 'daemun_1', count: 3 };

function service(name: string, spec: object): object {
  const ports = [
    { name: 'http', port: 80 },
    { name: 'alt', port: 81 },
  ];
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'a' }, spec: { ports, ...spec } };
}

function route(namespace: string, parentRef: object): object {
  const spec = { parentRefs: [{ group: '', kind: 'Service', namespace: 'a', ...parentRef }], rules: [{}] };
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: JSON.stringify(parentRef).replaceAll(/\W+/g, ''), namespace },
    spec,
  };
}

const OBJECTS = [
  service('shop', { clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.1', 'fd00::1'] }),
  service('other', { clusterIP: '10.96.0.2' }),
  service('headless', { clusterIP: 'None' }),
  route('a', { name: 'shop', port: 80 }),
  route('b', { name: 'shop' }),
];

async function start(
  addresses: readonly string[],
  more: readonly object[] = [],
): Promise<{ view: View; places: FrontendPlaces }> {
  const places = new FrontendPlaces(addresses, { first: 20_000, last: 20_009 }, () => 0);
  const translator = new Translator({
    controllerName: 'daemun.dev/mesh-controller',
    addresses: NO_ADDRESSES,
    reportsRoutability: true,
    mesh: () => ({
      addressOf: () => null,
      closure: frontend => places.closure(frontend),
      entranceOf: frontend => places.placeOf(frontend),
      clients: [],
    }),
    clock: new VirtualClock(0),
  });
  const store = memoryStore([...OBJECTS, ...more]);
  await store.start();
  return { view: viewOnce(store, translator), places };
}

function lines({ frontends }: MeshReport): readonly string[] {
  return frontends.map(({ service: name, address, port, clients, to, why, connections }) =>
    [name, address, port, clients.join('+'), to === null ? why : to.address, connections].join(' '),
  );
}

describe('the report of a mesh', () => {
  it('names each routed port at each ClusterIP, with its clients and connections', async () => {
    const { view, places } = await start(['192.0.2.10', '2001:db8::10']);
    const counts = new Map([['10.96.0.1:80', 7]]);
    const report = meshReport(view, { state: LIVE, counts, closure: frontend => places.closure(frontend) });
    assert.deepEqual(lines(report), [
      'a/shop 10.96.0.1 80 +b 192.0.2.10 7',
      'a/shop fd00::1 80 +b 2001:db8::10 ',
      'a/shop 10.96.0.1 81 b 192.0.2.10 ',
      'a/shop fd00::1 81 b 2001:db8::10 ',
    ]);
    assert.equal(report.untouchedServices, 1);
  });

  it('says who has a socket that two ask for, and takes no port of the node', async () => {
    const twin = [service('twin', { clusterIP: '10.96.0.1' }), route('a', { name: 'twin', port: 80 })];
    const { view, places } = await start(['192.0.2.10'], twin);
    const told = lines(meshReport(view, { state: LIVE, counts: null, closure: places.closure.bind(places) }));
    assert.deepEqual(told, [
      'a/shop 10.96.0.1 80 +b 192.0.2.10 ',
      'a/shop fd00::1 80 +b the node has no address of its family ',
      'a/shop 10.96.0.1 81 b 192.0.2.10 ',
      'a/shop fd00::1 81 b the node has no address of its family ',
      'a/twin 10.96.0.1 80  Service a/shop has this address and port ',
    ]);
    const free = places.placeOf({ address: '10.96.0.99', port: 80 });
    assert.deepEqual(
      free,
      { address: '192.0.2.10', port: 20_002 },
      'two ports of shop are before it, and nothing else',
    );
  });

  it('says why connections fall through', async () => {
    const { view, places } = await start(['192.0.2.10']);
    const [first] = view.published.bindings;
    const bindFailures = new Map([[first?.id ?? '', bindFailure('EADDRINUSE', '')]]);
    const node = { state: LIVE, counts: null, closure: places.closure.bind(places) };
    const told = lines(meshReport({ ...view, bindFailures }, node));
    assert.equal(told.filter(line => line.includes('another process listens on this address and port')).length, 1);
    assert.equal(told.filter(line => line.includes('the node has no address of its family')).length, 2);
    const down = meshReport(view, { ...node, state: { kind: 'down', why: 'nft ended' } });
    assert.deepEqual([...new Set(down.frontends.map(({ why }) => why))], ['nft ended']);
  });
});
