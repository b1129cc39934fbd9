// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { snapshot } from '../proxy/http/gateway.test-support.ts';
import { PLAIN_EDGE } from '../snapshot/listener.test-support.ts';
import { sampleTracing } from '../snapshot/tracing.test-support.ts';
import { dumpConfig } from './config-dump.ts';

it('a dump names the fields that exports of spans carry, and not their values', () => {
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
