// SPDX-License-Identifier: Apache-2.0

/** The host of a request as a header that rules and balancers look at: whatever the version calls it, it is one value. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { explain } from '../../match/index.ts';
import type { HeaderMatch, HttpMatch } from '../../snapshot/index.ts';
import { backend, listener, rule, type SnapshotParts, snapshot, TestGateway } from './gateway.test-support.ts';
import { HttpClient, HttpServer, VERSIONS, type Version } from './http-peers.test-support.ts';

const ORIGIN = { kind: 'HTTPRoute', namespace: 'default', name: 'r', ruleIndex: 0, ruleName: '' } as const;

/** A listener with one rule for requests with such a header. */
function listenerFor(headers: readonly HeaderMatch[]) {
  const match: HttpMatch = {
    kind: 'http',
    path: { kind: 'prefix', value: '/' },
    method: null,
    headers,
    queryParams: [],
  };
  const entries = [{ match, rule: rule('r', [backend('c')], { origin: ORIGIN }), matchIndex: 0 }];
  return listener('all', [], { virtualHosts: [{ hostname: '*', entries }] });
}

describe('the host as a header', () => {
  let gateway: TestGateway;
  const servers: HttpServer[] = [];
  const clients: HttpClient[] = [];

  beforeEach(async () => {
    gateway = new TestGateway();
    for (const name of ['one', 'two'])
      servers.push(await HttpServer.start('HTTP/1.1', (_request, response) => response.end(name)));
  });
  afterEach(() => {
    gateway.close();
    for (const each of [...servers.splice(0), ...clients.splice(0)]) each.close();
  });

  function client(version: Version): HttpClient {
    const made = new HttpClient(version, gateway.port);
    clients.push(made);
    return made;
  }

  /** All ways in which a client may say its host. */
  function fieldsOf(version: Version, host: string): Record<string, string>[] {
    return version === 'HTTP/1.1' ? [{ host }] : [{ ':authority': host }, { ':authority': host, host }];
  }

  for (const kind of ['exact', 'regex'] as const)
    it(`is compared without case and port, by ${kind} matches, and explained so`, async () => {
      const parts: SnapshotParts = {
        listeners: [listenerFor([{ kind, name: 'host', value: 'a.example.com' }])],
        clusters: { c: servers.map(({ port }) => port) },
        clusterChanges: { protocol: 'h1' },
      };
      await gateway.apply(parts);
      const published = snapshot(parts);
      for (const [host, wanted, status] of [
        ['A.Example.com:8080', 'a.example.com', 200],
        ['b.example.com', 'b.example.com', 404],
      ] as const) {
        const place = { gateway: null, listener: null, client: null, clientNamespace: null, to: null };
        const asked = { protocol: 'http', method: 'GET', path: '/', host: wanted, headers: {}, ...place } as const;
        assert.equal(explain(published, asked).places[0]?.answer.httpStatus ?? 200, status);
        for (const version of VERSIONS)
          for (const headers of fieldsOf(version, host))
            assert.equal((await client(version).ask({ method: 'GET', path: '/', headers })).status, status, version);
      }
    });

  it('chooses the endpoint where requests are hashed by it', async () => {
    await gateway.apply({
      listeners: [listenerFor([])],
      clusters: { c: servers.map(({ port }) => port) },
      clusterChanges: { protocol: 'h1', balancer: { kind: 'maglev', key: { kind: 'header', name: 'host' } } },
    });
    const chosen = new Map<string, string>();
    for (let at = 0; at < 20; at++) {
      const host = `h${at}.example.com`;
      const bodies = new Set<string>();
      for (const version of VERSIONS)
        for (const headers of fieldsOf(version, host))
          bodies.add((await client(version).ask({ method: 'GET', path: '/', headers })).body);
      assert.equal(bodies.size, 1, host);
      chosen.set(host, [...bodies].join());
    }
    assert.deepEqual(new Set(chosen.values()), new Set(['one', 'two']));
  });
});
