// SPDX-License-Identifier: Apache-2.0

/** Heads of HTTP/1.1 that came before are not read again; what rules look at in them may have changed meanwhile. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Filter, RequestListener } from '../../snapshot/index.ts';
import { backend, listener, rule, TestGateway } from './gateway.test-support.ts';
import { HttpClient, HttpServer, type Outcome } from './http-peers.test-support.ts';

/** More than makes a name vary. */
const MANY = 60;
/** How often the same head comes, so that it is known by its bytes. */
const AGAIN = 3;

describe('a head of HTTP/1.1 that came before', () => {
  let gateway: TestGateway;
  let guarded: HttpServer;
  let wide: HttpServer;
  let client: HttpClient;
  /** The tenant of the answer. */
  let said = '';

  beforeEach(async () => {
    guarded = await HttpServer.start('HTTP/1.1', (_, response) => response.end('guarded'));
    wide = await HttpServer.start('HTTP/1.1', (_, response) => response.setHeader('x-tenant', said).end('wide'));
    gateway = new TestGateway();
  });
  afterEach(() => {
    client.close();
    gateway.close();
    guarded.close();
    wide.close();
  });

  async function serve(listener: RequestListener): Promise<void> {
    const clusters = { guarded: [guarded.port], wide: [wide.port] };
    await gateway.apply({ listeners: [listener], clusters, clusterChanges: { protocol: 'h1' } });
  }

  /** Everything to `wide`, but what one tenant asks for, if there is one. */
  function rules(tenant: string | null, filters: readonly Filter[] = []): RequestListener {
    const path = { kind: 'prefix', value: '/' } as const;
    const plain = { kind: 'http', path, method: null, queryParams: [], headers: [] } as const;
    const headers = [{ kind: 'exact', name: 'x-tenant', value: tenant ?? '' }] as const;
    const entries = [
      ...(tenant === null
        ? []
        : [{ match: { ...plain, headers }, rule: rule('guard', [backend('guarded')]), matchIndex: 0 }]),
      { match: plain, rule: rule('wide', [backend('wide', 1, filters)]), matchIndex: 0 },
    ];
    return listener('l', [], { virtualHosts: [{ hostname: '*', entries }] });
  }

  function ask(tenant: string | null): Promise<Outcome> {
    return client.ask({ method: 'GET', path: '/', headers: tenant === null ? {} : { 'x-tenant': tenant } });
  }

  it('is matched by a rule that came later, and no other head is for its sake', async () => {
    await serve(rules(null));
    client = new HttpClient('HTTP/1.1', gateway.port);
    for (let at = 0; at < MANY; at++) await ask(`t${at}`);
    for (let at = 0; at < AGAIN; at++) assert.equal((await ask('admin')).body, 'wide');
    await serve(rules('admin'));
    assert.equal((await ask('admin')).body, 'guarded');
    assert.equal((await ask(null)).body, 'wide');
  });

  it('of an answer is changed by a filter that came later', async () => {
    await serve(rules(null));
    client = new HttpClient('HTTP/1.1', gateway.port);
    for (let at = 0; at < MANY; at++) {
      said = `t${at}`;
      await ask(null);
    }
    said = 'secret';
    for (let at = 0; at < AGAIN; at++) assert.equal((await ask(null)).headers['x-tenant'], 'secret');
    await serve(rules(null, [{ kind: 'response-headers', change: { set: [], add: [], remove: ['x-tenant'] } }]));
    assert.equal((await ask(null)).headers['x-tenant'], undefined);
  });
});
