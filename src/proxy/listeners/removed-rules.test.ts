// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Listener, RouteEntry, VirtualHost } from '../../snapshot/index.ts';
import { httpListener, TestGateway } from '../http/gateway.test-support.ts';

const FAMILIES = ['daemun_route_requests_total', 'daemun_request_failures_total'];
/** Backends without endpoints, so that requests are counted as failures too. */
const CLUSTERS = { a: [], b: [], c: [], d: [] };

const LISTENER = httpListener('one', { '/a': 'a', '/b': 'b', '/c': 'c', '/d': 'd' });
const [{ entries }] = LISTENER.virtualHosts as [VirtualHost];
const [a, b, c, d] = entries as [RouteEntry, RouteEntry, RouteEntry, RouteEntry];

/** The same entries are the same objects, as in snapshots that follow one another. */
function listenerOf(...some: readonly RouteEntry[]): Listener {
  return { ...LISTENER, virtualHosts: [{ hostname: '*', entries: some }] };
}

describe('what is counted for a rule', () => {
  let gateway: TestGateway;

  beforeEach(async () => {
    gateway = new TestGateway();
    await apply(listenerOf(a, b, c));
    for (const path of ['/a', '/b', '/b', '/c']) assert.match(await get(path), /^HTTP\/1\.1 503 /);
    assert.deepEqual(counted(), counts({ a: 1, b: 2, c: 1 }));
  });
  afterEach(() => gateway.close());

  const apply = (...listeners: readonly Listener[]) => gateway.apply({ listeners, clusters: CLUSTERS });

  async function get(path: string): Promise<string> {
    const socket = connect(gateway.port, '127.0.0.1');
    socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
    const parts: Buffer[] = [];
    for await (const part of socket) parts.push(part);
    return Buffer.concat(parts).toString();
  }

  /** `FAMILY ROUTE VALUE` of each series of a rule, those at 0 too. */
  const counted = (): string[] =>
    gateway.reader
      .read()
      .filter(({ name }) => FAMILIES.includes(name))
      .flatMap(({ name, samples }) => samples.map(({ labels, value }) => `${name} ${labels['route']} ${value}`))
      .sort();

  const counts = (requests: Readonly<Record<string, number>>): string[] =>
    FAMILIES.flatMap(family =>
      Object.entries(requests).map(([name, count]) => `${family} default/${name} ${count}`),
    ).sort();

  it('vanishes with the rule, and what others count stays', async () => {
    await apply(listenerOf(a, c));
    assert.deepEqual(counted(), counts({ a: 1, c: 1 }));
    await get('/c');
    assert.deepEqual(counted(), counts({ a: 1, c: 2 }));
  });

  it('vanishes when another rule takes its place, and begins anew when it comes back', async () => {
    await apply(listenerOf(a, d, c));
    assert.deepEqual(counted(), counts({ a: 1, c: 1 }));
    await apply(listenerOf(a, b, c));
    await get('/b');
    assert.deepEqual(counted(), counts({ a: 1, b: 1, c: 1 }));
  });

  it('vanishes with the listener', async () => {
    await apply(listenerOf(a, b, c), { ...listenerOf(d), id: 'default/gw/two' });
    await apply({ ...listenerOf(d), id: 'default/gw/two' });
    assert.deepEqual(counted(), []);
  });

  it('stays when the rule changes, moves to another place, or to another listener', async () => {
    await apply(listenerOf(c, { ...b, rule: { ...b.rule, requestTimeoutMs: 1_000 } }, a));
    assert.deepEqual(counted(), counts({ a: 1, b: 2, c: 1 }));
    await apply({ ...listenerOf(d, a, b, c), id: 'default/gw/two' });
    assert.deepEqual(counted(), counts({ a: 1, b: 2, c: 1 }));
  });
});
