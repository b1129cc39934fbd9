// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Filter, ListenerFilter, Rule } from '../../snapshot/index.ts';
import { HTTP_AUTH, httpAuthServer } from './external-auth.test-support.ts';
import { backend as backendOf, listener, rule, TestGateway } from './gateway.test-support.ts';
import { ask, type Granted, TunnelBackend, VERSIONS } from './tunnel-peers.test-support.ts';

const NO_CHANGE = { set: [], add: [], remove: [] };
const settled = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

for (const version of VERSIONS) {
  describe(`a rule whose requests ask for an upgrade over ${version}`, () => {
    const granted = version === 'HTTP/2' ? 200 : 101;
    let backend: TunnelBackend;
    let other: TunnelBackend;
    let gateway: TestGateway;
    const cleanups: (() => void)[] = [];

    beforeEach(async () => {
      [backend, other] = await Promise.all([TunnelBackend.start(), TunnelBackend.start()]);
      gateway = new TestGateway();
    });

    afterEach(() => {
      for (const cleanup of cleanups.splice(0)) cleanup();
      gateway.close();
      backend.close();
      other.close();
    });

    interface Beside {
      readonly changes?: Partial<Rule>;
      readonly ofListener?: readonly ListenerFilter[];
      readonly authPort?: number;
    }

    async function start(
      filters: readonly Filter[],
      { changes, ofListener = [], authPort = 0 }: Beside = {},
    ): Promise<void> {
      const path = { kind: 'prefix', value: '/' } as const;
      const match = { kind: 'http', path, method: null, headers: [], queryParams: [] } as const;
      const all = rule('all', [backendOf('main')], { filters, ...changes });
      const virtualHosts = [{ hostname: '*', entries: [{ match, rule: all, matchIndex: 0 }] }];
      await gateway.apply({
        listeners: [listener('http', [], { virtualHosts, filters: ofListener })],
        clusters: { main: [backend.port], other: [other.port], auth: [authPort] },
        clusterChanges: { protocol: 'h1' },
      });
    }

    const open = (): Promise<Granted> => ask(version, gateway.port, { headers: { 'x-echo': 'e' } }, cleanups);

    it('changes fields of the handshake', async () => {
      await start([
        { kind: 'request-headers', change: { ...NO_CHANGE, set: [{ name: 'x-echo', value: 'set' }] } },
        { kind: 'response-headers', change: { ...NO_CHANGE, add: [{ name: 'x-added', value: 'b' }] } },
      ]);
      const { status, headers } = await open();
      assert.deepEqual([status, headers['x-echo'], headers['x-added']], [granted, 'set', 'b']);
    });

    it('never mirrors them', async () => {
      await start([{ kind: 'mirror', target: { cluster: 'other' }, share: { numerator: 1, denominator: 1 } }]);
      const { bytes } = await open();
      bytes.write('ping');
      assert.equal((await (await backend.upgraded()).bytes.take(4)).toString(), 'ping');
      await fetch(`http://127.0.0.1:${gateway.port}/`);
      while (other.requests.length === 0) await settled();
      assert.equal(other.upgrades.length, 0);
    });

    for (const place of ['rule', 'listener'] as const) {
      it(`asks for authorization in its ${place}, without a body to wait for, and tells what is refused`, async () => {
        const asked: string[] = [];
        let verdict = 200;
        const auth = await httpAuthServer((request, body, answer) => {
          asked.push(`${request.method} ${request.url} ${request.headers.upgrade} ${body.length}`);
          answer.writeHead(verdict).end();
        });
        cleanups.push(() => auth.close());
        const filter = { kind: 'external-auth', auth: { ...HTTP_AUTH, maxBodyBytes: 1_000 } } as const;
        const [ofRule, ofListener] = place === 'rule' ? [[filter], []] : [[], [filter]];
        await start(ofRule, { ofListener, authPort: auth.port });
        const { status, bytes } = await open();
        assert.equal(status, granted);
        bytes.write('ping');
        assert.equal((await (await backend.upgraded()).bytes.take(4)).toString(), 'ping');
        verdict = 403;
        assert.equal((await open()).status, 403);
        assert.deepEqual(asked, ['GET /check/ undefined 0', 'GET /check/ undefined 0']);
        assert.equal(backend.upgrades.length, 1);
      });
    }

    it('tries again what is refused with a status that it names', async () => {
      const retry = { attempts: 2, httpStatuses: [503], grpcStatuses: [], backoffMs: 1 };
      await start([], { changes: { retry } });
      backend.refusal = 'HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';
      const refused = await open();
      assert.equal(refused.status, 503);
      backend.onRefused = () => {
        backend.refusal = '';
      };
      const { status, bytes } = await open();
      assert.equal(status, granted);
      (await backend.upgraded()).bytes.write('hi');
      assert.equal((await bytes.take(2)).toString(), 'hi');
    });
  });
}
