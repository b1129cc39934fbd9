// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  EMPTY_SNAPSHOT,
  endpointSet,
  type Snapshot,
  type StreamBackend,
  type StreamRule,
} from '../../snapshot/index.ts';
import { explainStream } from './explain-stream.ts';

const TO_A: StreamBackend = { weight: 3, target: { kind: 'cluster', cluster: 'default/a:53/udp' } };
const MISSING: StreamBackend = {
  weight: 1,
  target: { kind: 'fault', fault: { httpStatus: 500, grpcStatus: 14, message: 'it does not exist', reason: 'x' } },
};

function snapshotOf(rule: StreamRule | null, endpoints: readonly number[] = [9_001]): Snapshot {
  const gateway = { namespace: 'default', name: 'gw' };
  const shape = { id: 'default/gw/dns', gateway, listenerSet: null, clients: null, name: 'dns', hostname: '*', rule };
  const socket = { address: '127.0.0.1', port: 5300 };
  return {
    ...EMPTY_SNAPSHOT,
    bindings: [
      {
        id: '127.0.0.1:5300/tcp',
        ...socket,
        admission: 'stream',
        frontend: null,
        proxyProtocolFrom: [],
        listeners: [{ kind: 'tcp', ...shape, id: 'default/gw/tcp', name: 'tcp' }],
      },
      {
        id: '127.0.0.1:5300/udp',
        ...socket,
        admission: 'datagrams',
        frontend: null,
        proxyProtocolFrom: [],
        listeners: [{ kind: 'udp', ...shape }],
      },
    ],
    endpoints: [
      endpointSet(
        'default/a:53/udp',
        endpoints.map(port => ({ address: '127.0.0.1', port, state: 'ready', name: 'pod' })),
      ),
    ],
  };
}

function ruleOf(backends: readonly StreamBackend[]): StreamRule {
  return {
    id: 'UDPRoute/default/r/0',
    origin: { kind: 'UDPRoute', namespace: 'default', name: 'r', ruleIndex: 0, ruleName: '' },
    fault: null,
    backends,
    totalWeight: backends.reduce((sum, { weight }) => sum + weight, 0),
    idleTimeoutMs: 60_000,
    alpn: [],
  };
}

const asked = { transport: 'udp', port: 5300, gateway: null, listener: null, clientNamespace: null, to: null } as const;

describe('the explanation of a port', () => {
  it('tells listener, route, backends and endpoints, of its transport only', () => {
    const { places } = explainStream(snapshotOf(ruleOf([TO_A])), asked);
    assert.deepEqual(places, [
      {
        address: '127.0.0.1:5300',
        frontend: null,
        mode: '',
        otherListeners: [],
        otherNames: [],
        listener: 'default/gw/dns',
        rule: { route: 'UDPRoute/default/r', ruleName: '', hostname: '*', idleTimeoutMs: 60_000, alpn: [] },
        backends: [
          {
            cluster: 'default/a:53/udp',
            weight: 3,
            share: 100,
            filters: [],
            asked: '',
            answer: '',
            tls: '',
            session: '',
            reach: '',
            fault: '',
            endpoints: [{ address: '127.0.0.1:9001', state: 'ready', name: 'pod', note: '' }],
          },
        ],
        answer: { kind: 'forwarded', text: 'forwarded to one of the endpoints' },
      },
    ]);
  });

  it('tells the share that is lost', () => {
    const [place] = explainStream(snapshotOf(ruleOf([TO_A, MISSING])), asked).places;
    assert.equal(place?.answer.text, 'forwarded to one of the endpoints; 25 % dropped');
  });

  it('tells why everything is', () => {
    const textOf = (snapshot: Snapshot, transport: 'tcp' | 'udp' = 'udp'): string | undefined =>
      explainStream(snapshot, { ...asked, transport }).places[0]?.answer.text;
    assert.equal(textOf(snapshotOf(null)), 'dropped: no route is attached to the listener');
    assert.equal(textOf(snapshotOf(null), 'tcp'), 'reset: no route is attached to the listener');
    assert.equal(textOf(snapshotOf(ruleOf([TO_A]), [])), 'dropped: it has no ready endpoint');
    for (let count = 1; count <= 16; count++) {
      const rule = ruleOf(Array.from({ length: count }, () => MISSING));
      assert.equal(textOf(snapshotOf(rule)), 'dropped: it does not exist', `${count} backends`);
    }
  });

  it('is of the Gateway, the listener and the port that are asked about', () => {
    const snapshot = snapshotOf(ruleOf([TO_A]));
    assert.equal(explainStream(snapshot, { ...asked, listener: 'dns', gateway: 'default/gw' }).places.length, 1);
    for (const other of [{ port: 53 }, { listener: 'other' }, { gateway: 'default/other' }])
      assert.deepEqual(explainStream(snapshot, { ...asked, ...other }).places, []);
  });
});
