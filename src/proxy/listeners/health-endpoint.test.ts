// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as request1 } from 'node:http';
import { type ClientHttp2Session, connect as connect2 } from 'node:http2';
import { request as requestTls } from 'node:https';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { RequestListener } from '../../snapshot/index.ts';
import { httpListener, listener, type SnapshotParts, TestGateway } from '../http/gateway.test-support.ts';
import { certificate } from './certificate.test-support.ts';

const CERTIFICATE = await certificate('a', ['a.test']);
const HEALTH = { path: '/healthz', headers: [{ name: 'x-envoy-livenessprobe', value: 'healthz' }] };
const PROBE = { 'x-envoy-livenessprobe': 'healthz' };

interface Asked {
  readonly path?: string;
  readonly method?: string;
  readonly host?: string;
  readonly fields?: Readonly<Record<string, string>>;
}

type Ask = (asked?: Asked) => Promise<string>;

/** Routes everything to a cluster without endpoints: what is no check is answered with 503, and says so. */
const ROUTED = httpListener('l', { '/': 'none' });
const CLEARTEXT: RequestListener = { ...ROUTED, health: HEALTH };
const SECURE = listener('l', [], {
  hostname: 'a.test',
  tls: { certificates: ['a'], clients: null },
  virtualHosts: ROUTED.virtualHosts,
  health: HEALTH,
});

describe('the health endpoint', () => {
  let gateway: TestGateway;
  const sessions: ClientHttp2Session[] = [];

  beforeEach(() => {
    gateway = new TestGateway();
  });
  afterEach(() => {
    for (const session of sessions.splice(0)) session.destroy();
    gateway.close();
  });

  const apply = (listeners: readonly RequestListener[], parts: Partial<SnapshotParts> = {}) =>
    gateway.apply({ listeners, clusters: { none: [] }, certificates: [CERTIFICATE], ...parts });

  function by1(isTls: boolean): Ask {
    return async ({ path = '/healthz', method = 'GET', host = 'a.test', fields = PROBE } = {}) => {
      const options = { port: gateway.port, host: '127.0.0.1', path, method, headers: { host, ...fields } };
      const tls = { servername: 'a.test', rejectUnauthorized: false, agent: false as const };
      const request = isTls ? requestTls({ ...options, ...tls }) : request1({ ...options, agent: false });
      const [response] = await once(request.end(), 'response');
      return `${response.statusCode} ${(await text(response)).trim()}`;
    };
  }

  function by2(isTls: boolean): Ask {
    const scheme = isTls ? 'https' : 'http';
    const session = connect2(`${scheme}://127.0.0.1:${gateway.port}`, {
      servername: 'a.test',
      rejectUnauthorized: false,
    });
    sessions.push(session);
    return async ({ path = '/healthz', method = 'GET', host = 'a.test', fields = PROBE } = {}) => {
      const stream = session.request({ ':path': path, ':method': method, ':authority': host, ...fields });
      const [[head], read] = await Promise.all([once(stream, 'response'), text(stream)]);
      return `${head[':status']} ${read.trim()}`;
    };
  }

  for (const isTls of [false, true]) {
    for (const [version, open] of [
      ['HTTP/1.1', by1],
      ['HTTP/2', by2],
    ] as const) {
      it(`answers by ${version} ${isTls ? 'in TLS' : 'in cleartext'}, without a route`, async () => {
        await apply([isTls ? SECURE : CLEARTEXT]);
        const ask = open(isTls);
        assert.equal(await ask(), '200 ready');
        assert.equal(await ask({ path: '//healthz?x=1' }), '200 ready');
        assert.equal(await ask({ method: 'HEAD' }), '200 ');
        assert.equal(await ask({ host: '10.0.0.1' }), '200 ready');
      });

      it(`leaves other requests by ${version} ${isTls ? 'in TLS' : 'in cleartext'} to the rules`, async () => {
        await apply([isTls ? SECURE : CLEARTEXT]);
        const ask = open(isTls);
        for (const asked of [
          { fields: {} },
          { fields: { ...PROBE, 'x-envoy-livenessprobe': 'no' } },
          { path: '/healthz/' },
        ])
          assert.match(await ask(asked), /^503 .*no ready endpoint/, JSON.stringify(asked));
      });
    }
  }

  it('answers in cleartext for hosts that no listener takes, and not for those of another Gateway', async () => {
    const other = { ...ROUTED, id: 'default/other/l', name: 'other', hostname: 'b.test' };
    await apply([{ ...CLEARTEXT, hostname: 'a.test' }, other]);
    const ask = by1(false);
    assert.equal(await ask({ host: 'a.test' }), '200 ready');
    assert.equal(await ask({ host: '10.0.0.1:80' }), '200 ready');
    assert.match(await ask({ host: 'b.test' }), /^503 .*no ready endpoint/);
    assert.match(await ask({ host: '10.0.0.1', path: '/x' }), /^404 no listener takes host/);
  });

  it('says 503 from the moment the drain begins, on connections that there are', async () => {
    await apply([CLEARTEXT]);
    const ask = by2(false);
    assert.equal(await ask(), '200 ready');
    const stopped = gateway.runtime.stopListening();
    assert.equal(await ask(), '503 draining');
    assert.match(await ask({ path: '/x' }), /^503 .*no ready endpoint/);
    await stopped;
  });

  it('counts checks as requests, and none of them as failed', async () => {
    await apply([CLEARTEXT]);
    await by1(false)();
    assert.equal(gateway.metric('http_server_request_duration_seconds', { gateway: 'default/gw' }), 1);
    assert.equal(gateway.metric('daemun_request_failures_total'), 0);
  });
});
