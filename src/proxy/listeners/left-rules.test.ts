// SPDX-License-Identifier: Apache-2.0

/** What clients leave waiting for hours keeps nothing of the rules alive that it came under. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { Agent, get } from 'node:https';
import { afterEach, describe, it } from 'node:test';
import { queryObjects } from 'node:v8';
import { CompiledListener } from '../../match/compiled-listener.ts';
import { HttpIndex } from '../../match/http/http-index.ts';
import { httpListener, listener, TestGateway } from '../http/gateway.test-support.ts';
import { Backend } from '../upstream/backend.test-support.ts';
import { certificate } from './certificate.test-support.ts';

const VERSIONS = 8;

describe('rules that are no more', () => {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  /** A gateway whose rules are others each time. */
  async function start() {
    const backend = await Backend.start();
    const gateway = new TestGateway();
    cleanups.push(
      () => backend.close(),
      () => gateway.close(),
    );
    backend.answer = (stream, headers) => {
      stream.respond({ ':status': 200 }, { endStream: headers[':path'] !== '/hangs' });
    };
    const tls = { certificates: ['a'], clients: null };
    const certificates = [await certificate('a', ['localhost'])];
    const change = async (version: number): Promise<void> => {
      const { virtualHosts } = httpListener('web', { [`/${version}`]: 'main', '/': 'main' });
      const listeners = [listener('web', [], { tls, virtualHosts })];
      await gateway.apply({ listeners, certificates, clusters: { main: [backend.port] } });
    };
    return { gateway, change };
  }

  /** Listeners and indexes of matches that are compiled. */
  const compiled = (): number[] => [CompiledListener, HttpIndex].map(kind => queryObjects(kind, { format: 'count' }));

  it('are let go of by connections and by streams', async () => {
    assert.deepEqual(compiled(), [0, 0]);
    const { gateway, change } = await start();
    for (let version = 0; version < VERSIONS; version++) {
      await change(version);
      const session = connect(`https://localhost:${gateway.port}`, { rejectUnauthorized: false });
      cleanups.push(() => session.destroy());
      for (const path of [`/${version}`, '/hangs']) await once(session.request({ ':path': path }), 'response');
      const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
      cleanups.push(() => agent.destroy());
      const request = get({ host: 'localhost', port: gateway.port, path: `/h1/${version}`, agent });
      const [response] = await once(request, 'response');
      response.resume();
      await once(response, 'end');
    }
    await change(VERSIONS);

    assert.deepEqual(compiled(), [1, 1]);
    assert.equal(gateway.metric('daemun_downstream_requests_active'), VERSIONS);
    assert.equal(gateway.metric('daemun_downstream_connections'), 2 * VERSIONS);
  });
});
