// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Resource } from '../../resources/index.ts';
import { ENVIRONMENT, parsed, resourceSet } from '../environment.test-support.ts';
import { translate } from '../translate.ts';
import type { Translation } from '../translation.ts';

const API = 'gateway.networking.k8s.io/v1';
const gateway = parsed({
  apiVersion: API,
  kind: 'Gateway',
  metadata: { name: 'gw' },
  spec: {
    gatewayClassName: 'c',
    listeners: [1, 2, 3].map(port => ({ name: `l${port}`, port, protocol: 'TLS', tls: { mode: 'Passthrough' } })),
  },
});

function route(name: string, hostnames: readonly string[], sectionName?: string): Resource {
  return parsed({
    apiVersion: API,
    kind: 'TLSRoute',
    metadata: { name },
    spec: {
      parentRefs: [{ name: 'gw', ...(sectionName === undefined ? {} : { sectionName }) }],
      hostnames,
      rules: [{ backendRefs: [{ name: 's', port: 1 }] }],
    },
  });
}

/** The server names of each listener. */
function namesOf({ snapshot }: Translation) {
  return snapshot.bindings.map(({ listeners: [listener] }) => (listener?.kind === 'tls' ? listener.serverNames : []));
}

const words = (names: ReturnType<typeof namesOf>[number] = []): string[] =>
  names.map(({ hostname, rule }) => `${hostname} ${rule.origin.name}`);

describe('arbitrateStreams', () => {
  it('gives listeners at which routes have the same names one list of them, also after a change', () => {
    const long = Array.from({ length: 50 }, (_, at) => `h${at}.example.com`);
    const before = resourceSet([gateway, route('a', long), route('b', ['x.example.com', 'y.example.com'])]);
    const first = translate(before, ENVIRONMENT);
    const [one, two] = namesOf(first);
    assert.equal(one?.length, 52);
    assert.equal(one, two);
    const after = resourceSet([gateway, route('a', long), route('b', ['w.example.com', 'y.example.com'])], before);
    const [now, others] = namesOf(translate(after, ENVIRONMENT, first));
    assert.deepEqual(words(now).slice(-2), ['w.example.com b', 'y.example.com b']);
    assert.equal(now, others);
    assert.deepEqual(
      now?.filter(item => !one?.includes(item)).map(({ hostname }) => hostname),
      ['w.example.com'],
      'the others are the same ones',
    );
  });

  it('tells listeners apart where one of them has more', () => {
    const both = resourceSet([gateway, route('a', ['x.org', 'y.org']), route('b', ['x.org', 'z.org'], 'l2')]);
    const [one, two, three] = namesOf(translate(both, ENVIRONMENT));
    assert.deepEqual(words(one), ['x.org a', 'y.org a']);
    assert.deepEqual(words(two), ['x.org a', 'y.org a', 'z.org b']);
    assert.equal(one, three);
  });
});
