// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { ExternalAuth } from '../../snapshot/index.ts';
import {
  askingListener,
  type Checked,
  CLIENTS,
  type Echoed,
  echoServer,
  GRPC_AUTH,
  grpcAuthServer,
  HTTP_AUTH,
  httpAuthServer,
  type Message,
  type TestServer,
} from './external-auth.test-support.ts';
import { TestGateway } from './gateway.test-support.ts';

const YES: Message = { status: { code: 0 } };

for (const protocol of ['h1', 'h2'] as const) {
  for (const [version, ask] of CLIENTS) {
    describe(`external auth of requests by ${version}, to an endpoint by ${protocol}`, () => {
      let gateway: TestGateway;
      let endpoint: Awaited<ReturnType<typeof echoServer>>;
      let grpcServer: TestServer;
      let httpServer: TestServer;
      let checked: Checked[] = [];
      let verdict: Message = YES;
      let httpAnswer: (...parts: Parameters<Parameters<typeof httpAuthServer>[0]>) => void = () => {};

      before(async () => {
        endpoint = await echoServer(protocol);
        grpcServer = await grpcAuthServer(asked => {
          checked.push(asked);
          return verdict;
        });
        httpServer = await httpAuthServer((...parts) => httpAnswer(...parts));
      });
      beforeEach(() => {
        gateway = new TestGateway({ accessLog: true });
        endpoint.calls = 0;
        checked = [];
        verdict = YES;
      });
      afterEach(() => gateway.close());
      after(() => {
        endpoint.close();
        grpcServer.close();
        httpServer.close();
      });

      async function start(auth: ExternalAuth): Promise<void> {
        const isGrpc = auth.kind === 'grpc';
        await gateway.apply({
          listeners: [askingListener(auth)],
          clusters: { a: [endpoint.port], auth: [(isGrpc ? grpcServer : httpServer).port] },
          protocols: { a: protocol, auth: isGrpc ? 'h2' : 'h1' },
        });
      }

      it('tells a gRPC server the request, and lets it pass with a yes', async () => {
        await start(GRPC_AUTH);
        const headers = { authorization: 'Bearer t', 'x-request-id': 'id-1', cookie: 'a=1' };
        const { status, text } = await ask(gateway.port, { path: '/x?y=1', headers });
        assert.equal(status, 200);
        assert.equal((JSON.parse(text) as Echoed).path, '/x?y=1');
        const [{ address, http }] = checked as [Checked];
        assert.equal(address, '127.0.0.1');
        const { id, method, path, host, scheme, size } = http;
        assert.deepEqual([id, method, path, host, scheme], ['id-1', 'GET', '/x?y=1', 'a.test', 'http']);
        assert.ok(['0', '-1'].includes(size), size);
        const told = http.headers;
        assert.deepEqual([told['authorization'], told['cookie'], told[':path']], ['Bearer t', 'a=1', '/x?y=1']);
        assert.equal(told['x-forwarded-for'], '127.0.0.1');
        assert.equal(gateway.metric('daemun_external_auth_checks_total', { outcome: 'allowed' }), 1);
      });

      it('tells only the headers that are allowed, whatever varies', async () => {
        await start({ ...GRPC_AUTH, allowedHeaders: ['x-request-id', 'x-team'] });
        for (const id of ['1', '2', '3']) {
          await ask(gateway.port, { path: `/${id}`, headers: { 'x-team': 'a', 'x-request-id': id, cookie: 'secret' } });
        }
        assert.deepEqual(
          checked.map(({ http }) => [http.path, http.headers]),
          ['1', '2', '3'].map(id => [`/${id}`, { 'x-team': 'a', 'x-request-id': id }]),
        );
      });

      it('changes request and response as a gRPC server says', async () => {
        verdict = {
          ok_response: {
            headers: [
              { header: { key: 'X-User', value: 'é' } },
              { header: { key: 'x-list', value: 'two' }, append: { value: true } },
              { header: { key: 'x-kept', value: 'never' }, append_action: 1 },
              { header: { key: 'host', value: 'evil' } },
              { header: { key: ':path', value: '/evil' } },
            ],
            headers_to_remove: ['Authorization', 'x-gone', ':method'],
            query_parameters_to_set: [{ key: 'user', value: 'a b' }],
            query_parameters_to_remove: ['token'],
            response_headers_to_add: [
              { header: { key: 'set-cookie', value: 'a=1' } },
              { header: { key: 'set-cookie', value: 'b=2' } },
              { header: { key: 'x-from', value: 'auth' } },
            ],
          },
        };
        await start(GRPC_AUTH);
        const sent = {
          authorization: 'Bearer t',
          'x-user': 'spoofed',
          'x-list': 'one',
          'x-kept': 'mine',
          'x-gone': '1',
        };
        const answer = await ask(gateway.port, { path: '/p?token=t&x=1', headers: sent });
        assert.equal(answer.status, 200, answer.text);
        const { path, headers } = JSON.parse(answer.text) as Echoed;
        assert.equal(Buffer.from(String(headers['x-user']), 'latin1').toString(), 'é');
        assert.deepEqual([path, headers['x-list'], headers['x-kept']], ['/p?x=1&user=a%20b', 'one, two', 'mine']);
        assert.equal('authorization' in headers || 'x-gone' in headers, false);
        assert.equal(headers.host ?? headers[':authority' as 'host'], 'a.test');
        assert.deepEqual([answer.headers['set-cookie'], answer.headers['x-from']], [['a=1', 'b=2'], 'auth']);
      });

      it('says a denial of a gRPC server in its words', async () => {
        const header = { key: 'www-authenticate', value: 'Bearer' };
        const type = { key: 'content-type', value: 'text/html' };
        verdict = {
          status: { code: 7 },
          denied_response: { status: { code: 401 }, headers: [{ header }, { header: type }], body: '<p>no</p>' },
        };
        await start(GRPC_AUTH);
        const { status, headers, text } = await ask(gateway.port);
        assert.deepEqual([status, headers['www-authenticate'], text], [401, 'Bearer', '<p>no</p>']);
        assert.equal(headers['content-type'], 'text/html');
        verdict = { status: { code: 16 } };
        assert.equal((await ask(gateway.port)).status, 403);
        assert.equal(endpoint.calls, 0);
        assert.equal(gateway.metric('daemun_external_auth_checks_total', { outcome: 'denied' }), 2);
      });

      it('says a denial to a gRPC client as a status', async () => {
        verdict = { status: { code: 7 }, denied_response: { status: { code: 401 }, body: 'log in first' } };
        await start(GRPC_AUTH);
        const headers = { 'content-type': 'application/grpc', te: 'trailers' };
        const answer = await ask(gateway.port, { method: 'POST', path: '/a.B/C', headers });
        assert.deepEqual([answer.status, answer.headers['grpc-status']], [200, '16']);
        assert.equal(answer.headers['grpc-message'], 'log in first');
        gateway.close();
        assert.equal(JSON.parse(gateway.accessLog).reason, 'auth_denied');
      });

      it('asks an HTTP server with the same method, host and target behind the prefix', async () => {
        const seen: unknown[] = [];
        httpAnswer = ({ method, url, headers }, body, response) => {
          seen.push([method, url, headers, body.toString()]);
          response.setHeader('x-user', 'alice');
          response.setHeader('content-type', 'text/plain');
          response.end('yes');
        };
        await start(HTTP_AUTH);
        const headers = { authorization: 'Bearer t', 'x-other': '1', 'content-type': 'text/csv' };
        const answer = await ask(gateway.port, { method: 'PUT', path: '/x?y=1', headers, body: 'data' });
        const told = { host: 'a.test', authorization: 'Bearer t', 'content-length': '0', 'cdn-loop': 'daemun' };
        assert.deepEqual(seen, [['PUT', '/check/x?y=1', told, '']]);
        const got = JSON.parse(answer.text) as Echoed;
        assert.deepEqual([got.headers['x-user'], got.headers['content-type'], got.body], ['alice', 'text/csv', 'data']);
      });

      it('takes the named headers from an HTTP server alone', async () => {
        httpAnswer = (_request, _body, response) => {
          response.setHeader('x-user', 'alice');
          response.setHeader('x-more', '1');
          response.end();
        };
        await start({ ...HTTP_AUTH, allowedResponseHeaders: ['x-role', 'x-user'] });
        const { text } = await ask(gateway.port, { headers: { 'x-role': 'admin', 'x-user': 'root' } });
        const { headers } = JSON.parse(text) as Echoed;
        assert.deepEqual([headers['x-user'], headers['x-role'], headers['x-more']], ['alice', undefined, undefined]);
      });

      it('says a denial of an HTTP server in its words; what is no judgement is a failure', async () => {
        httpAnswer = ({ url }, _body, response) => {
          response.statusCode = Number(url?.slice('/check/'.length));
          response.setHeader('location', 'https://login.test/');
          response.end('elsewhere');
        };
        await start(HTTP_AUTH);
        const found = await ask(gateway.port, { path: '/302' });
        assert.deepEqual(
          [found.status, found.headers['location'], found.text],
          [302, 'https://login.test/', 'elsewhere'],
        );
        assert.equal((await ask(gateway.port, { path: '/201' })).status, 403);
        const failed = await ask(gateway.port, { path: '/500' });
        assert.deepEqual([failed.status, failed.text], [503, 'the authorization server answered with 500\n']);
        assert.equal(endpoint.calls, 0);
      });

      it('signs and dates denials itself, once', async () => {
        const theirs = 'Sun, 06 Nov 1994 08:49:37 GMT';
        httpAnswer = (_request, _body, response) => {
          response.writeHead(401, { date: theirs, server: 'theirs' }).end();
        };
        await start(HTTP_AUTH);
        const { status, headers } = await ask(gateway.port);
        assert.deepEqual([status, headers['server']], [401, 'daemun']);
        assert.ok(Date.parse(String(headers['date'])) > Date.parse(theirs), String(headers['date']));
        const { headers: joined } = await fetch(`http://127.0.0.1:${gateway.port}`);
        assert.deepEqual([joined.get('server'), joined.get('date')?.length], ['daemun', theirs.length]);
      });

      it('forwards bodies up to the limit, and refuses larger ones', async () => {
        await start({ ...GRPC_AUTH, maxBodyBytes: 600_000 });
        const body = 'large '.repeat(100_000);
        const answer = await ask(gateway.port, { method: 'POST', body });
        assert.equal(checked[0]?.http.body === body && checked[0].http.size === '600000', true);
        assert.equal((JSON.parse(answer.text) as Echoed).body === body, true);
        const raw = Buffer.from([0xff, 0, 1]);
        await ask(gateway.port, { method: 'POST', body: raw });
        assert.deepEqual([checked[1]?.http.body, [...(checked[1]?.http.raw_body ?? [])]], ['', [...raw]]);
        await ask(gateway.port);
        assert.deepEqual([checked[2]?.http.body, checked[2]?.http.size], ['', '0']);
        const refused = await ask(gateway.port, { method: 'POST', body: `${body}!` });
        assert.equal(refused.status, 413);
        assert.deepEqual([checked.length, endpoint.calls], [3, 3]);
      });
    });
  }
}
