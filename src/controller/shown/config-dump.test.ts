// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { snapshot } from '../../proxy/http/gateway.test-support.ts';
import { VirtualClock } from '../../proxy/virtual-clock.test-support.ts';
import { bindFailure } from '../../snapshot/index.ts';
import { PLAIN_EDGE } from '../../snapshot/listener.test-support.ts';
import { sampleTracing } from '../../snapshot/tracing.test-support.ts';
import { memoryStore } from '../../store/index.ts';
import { overlayBindFailures } from '../../translate/index.ts';
import { LoopbackAddresses } from '../addresses/loopback-addresses.ts';
import { Translator } from '../reload/translator.ts';
import { dumpConfig } from './config-dump.ts';

describe('the dump of the configuration', () => {
  it('says why a binding is not bound', async () => {
    const store = memoryStore([
      {
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'Gateway',
        metadata: { name: 'gw' },
        spec: {
          gatewayClassName: 'c',
          listeners: [8080, 8081].map(port => ({ name: `p${port}`, port, protocol: 'HTTP' })),
        },
      },
    ]);
    await store.start();
    const { resources } = store.current();
    await store.close();
    const translator = new Translator({
      controllerName: null,
      addresses: new LoopbackAddresses('127.0.0.1'),
      reportsRoutability: false,
      clock: new VirtualClock(0),
    });
    const translated = translator.translate(resources);
    const failures = new Map([[translated.snapshot.bindings[0]?.id ?? '', bindFailure('EADDRINUSE', '')]]);
    const translation = overlayBindFailures(translated, resources, failures);
    const dump = dumpConfig({ published: translation.snapshot, translation }, null);
    assert.deepEqual(
      dump.bindings.map(({ port, problem }) => [port, problem]),
      [
        [8080, 'Listener p8080: 127.0.0.1 port 8080 cannot be bound: another process listens on this address and port'],
        [8081, null],
      ],
    );
  });

  it('names the fields that exports of spans carry, and not their values', () => {
    const { collector } = sampleTracing();
    const headers = [{ name: 'authorization', value: 'Bearer hunter2' }];
    const published = snapshot({
      listeners: [
        {
          kind: 'http',
          id: 'default/gw/web',
          gateway: { namespace: 'default', name: 'gw' },
          name: 'web',
          hostname: '*',
          ...PLAIN_EDGE,
          tracing: sampleTracing({ collector: { ...collector, headers } }),
          virtualHosts: [],
        },
      ],
      clusters: {},
    });
    const outcomes = { gateways: new Map(), listenerSets: new Map() };
    const dump = JSON.stringify(dumpConfig({ published, translation: { outcomes } } as never, null));
    assert.match(dump, /"headers":\[\{"name":"authorization","value":"\[redacted\]"\}\]/);
    assert.doesNotMatch(dump, /hunter2/);
  });
});
