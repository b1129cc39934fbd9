// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MAX_LISTED_FINDINGS } from '../../errors/index.ts';
import type { StreamTables } from '../arbitrate/stream-tables.ts';
import { ENVIRONMENT, parsed, resourceSet } from '../environment.test-support.ts';
import type { RankedStream } from '../rules/translate-stream.ts';
import { translate } from '../translate.ts';
import type { Translation } from '../translation.ts';
import { lintSupersededRoutes } from './superseded-routes.ts';

function stream(name: string): RankedStream {
  const origin = { kind: 'TLSRoute', namespace: 'a', name, ruleIndex: 0, ruleName: '' };
  return { rule: { id: `TLSRoute/a/${name}/0`, origin } } as RankedStream;
}

/** Routes of the same names at each listener. */
function tables(routes: number, listeners: number, names: number): StreamTables {
  const streams = Array.from({ length: routes }, (_, at) => stream(`r${at}`));
  const byName = new Map(Array.from({ length: names }, (_, at) => [`h${at}.org`, streams]));
  return new Map(Array.from({ length: listeners }, (_, at) => [`a/gw/l${at}`, { byName, serverNames: [] }]));
}

describe('routes that are attached and get nothing', () => {
  it('are told of by route, listener and name', () => {
    const { findings, more } = lintSupersededRoutes(tables(3, 2, 2));
    assert.deepEqual(
      findings.map(
        ({ resource, message }) => `${resource?.name} ${message.replace(/ gets here.* takes (\S+) .*/, ' $1')}`,
      ),
      ['r1', 'r2'].flatMap(name =>
        ['l0', 'l1'].flatMap(listener =>
          ['h0.org', 'h1.org'].map(host => `${name} Nothing of listener a/gw/${listener} ${host}`),
        ),
      ),
    );
    assert.equal(more, 0);
  });

  it('are counted where nobody would read of all of them', () => {
    const { findings, more } = lintSupersededRoutes(tables(201, 8, 16));
    assert.equal(findings.length, MAX_LISTED_FINDINGS);
    assert.equal(findings.length + more, 200 * 8 * 16);
  });

  it('are told of once while the streams stay as they are', () => {
    const api = 'gateway.networking.k8s.io/v1';
    const listeners = [{ name: 'l', port: 1, protocol: 'TLS', tls: { mode: 'Passthrough' } }];
    const spec = {
      parentRefs: [{ name: 'gw' }],
      hostnames: ['a.org'],
      rules: [{ backendRefs: [{ name: 's', port: 1 }] }],
    };
    const objects = [
      { apiVersion: api, kind: 'Gateway', metadata: { name: 'gw' }, spec: { gatewayClassName: 'c', listeners } },
      ...['a', 'b'].map(name => ({ apiVersion: api, kind: 'TLSRoute', metadata: { name }, spec })),
    ].map(parsed);
    const service = parsed({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'other' },
      spec: { ports: [{ port: 1 }] },
    });
    const told = ({ findings }: Translation) => findings.find(({ code }) => code === 'lint/superseded-route');
    const before = resourceSet(objects);
    const first = translate(before, ENVIRONMENT);
    const known = told(first);
    assert.equal(known?.resource?.name, 'b');
    assert.equal(told(translate(resourceSet([...objects, service], before), ENVIRONMENT, first)), known);
  });
});
