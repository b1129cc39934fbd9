// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Binding, bindFailure } from '../../snapshot/index.ts';
import { stateMetrics } from './state-metrics.ts';

describe('the metrics of what holds now', () => {
  it('counts the sockets that are bound and those that the system refuses', () => {
    const [sockets] = stateMetrics(
      { bindings: [binding(8080), binding(8081), binding(8082)], certificates: [] },
      new Map([['127.0.0.1:8081/tcp', bindFailure('EADDRINUSE', '')]]),
    );
    assert.deepEqual(sockets?.samples, [
      { labels: { state: 'bound' }, value: 2 },
      { labels: { state: 'unbound' }, value: 1 },
    ]);
  });

  it('tells by Secret when a certificate expires, and shows nothing of the key', () => {
    const certificate = { id: 'infra/tls@6f1e', chain: 'CHAIN', key: 'KEY', names: [], notAfterMs: 1_500 };
    const families = stateMetrics({ bindings: [], certificates: [certificate] }, new Map());
    assert.deepEqual(families[1]?.samples, [{ labels: { secret: 'infra/tls' }, value: 1.5 }]);
    assert.ok(!JSON.stringify(families).includes('KEY'));
  });
});

function binding(port: number): Binding {
  return {
    id: `127.0.0.1:${port}/tcp`,
    address: '127.0.0.1',
    port,
    admission: 'first-bytes',
    frontend: null,
    proxyProtocolFrom: [],
    listeners: [],
  };
}
