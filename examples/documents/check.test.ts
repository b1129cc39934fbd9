// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { loadOffline, type View } from '../../src/controller/index.ts';
import { systemClock } from '../../src/time/index.ts';
import { runExample, workloadOf } from '../running-example.test-support.ts';
import { routeCondition } from '../statuses.test-support.ts';

const folder = import.meta.dirname;

async function load(...files: readonly string[]): Promise<View> {
  const paths = files.map(file => join(folder, file));
  return (await loadOffline({ paths, defaultNamespace: 'default', clock: systemClock })).view;
}

/** `Accepted` of a route: its reason. */
function accepted(view: View, route: string): string {
  return routeCondition(view, route, 'Accepted').reason;
}

function codes(view: View, name: string): string[] {
  return view.findings.filter(finding => finding.resource?.name === name).map(finding => finding.code);
}

describe('documents 000 and 004: gRPC routing', () => {
  const chapters = [
    { chapter: '000-grpc-routing', first: 1 },
    { chapter: '004-tcp-and-grpc', first: 3 },
  ];
  for (const { chapter, first } of chapters) {
    const file = (offset: number, name: string): string => `${chapter}/${first + offset}-${name}.yaml`;
    const gateway = file(0, 'gateway-and-route');
    const foo = file(1, 'foo-route');
    const bar = file(2, 'bar-route');
    const reflection = file(3, 'foo-route-with-reflection');
    const given = `${chapter}/given.yaml`;

    it(`${chapter}: every route attaches`, async () => {
      const view = await load(gateway, foo, bar, given);
      for (const name of ['example-route', 'foo-route', 'bar-route']) {
        assert.equal(accepted(view, `default/${name}`), 'Accepted');
        assert.equal(routeCondition(view, `default/${name}`, 'ResolvedRefs').reason, 'ResolvedRefs');
      }
    });

    it(`${chapter}: says that the service com.example looks like a package`, async () => {
      const view = await load(gateway, foo, given);
      const finding = view.findings.find(each => each.code === 'lint/service-looks-like-package');
      assert.match(finding?.message ?? '', /com\.example\.User/);
    });

    it(`${chapter}: serves what the text describes`, async () => {
      const example = await runExample(...[gateway, bar, reflection, given].map(path => join(folder, path)));
      try {
        const proto = join(folder, '../grpc-methods/user.proto');
        const call = { listener: 'example-gateway/grpc', method: 'com.example.User/Login', proto };
        assert.equal(workloadOf(await example.call({ ...call, authority: 'foo.example.com' })), 'foo-svc');
        assert.equal(workloadOf(await example.call({ ...call, authority: 'bar.example.com' })), 'bar-svc');
        const canary = { ...call, authority: 'bar.example.com', headers: ['env: canary'] };
        assert.equal(workloadOf(await example.call(canary)), 'bar-svc-canary');
        const logout = { ...call, authority: 'foo.example.com', method: 'com.example.User/Logout' };
        await assert.rejects(example.call(logout), { message: /^Unimplemented/ });
      } finally {
        await example.close();
      }
    });
  }
});

describe('document 002: guide to GRPCRoute', () => {
  it('refuses the routes that the Gateway of the first section does not allow, and says how to allow them', async () => {
    const view = await load('002-grpcroute-guide');
    for (const route of ['app/user-service-route', 'default/ab-test-route', 'default/canary-route']) {
      const condition = routeCondition(view, route, 'Accepted');
      assert.equal(condition.reason, 'NotAllowedByListeners');
      assert.match(condition.message, /allowedRoutes/);
    }
  });

  it('attaches the route of the hands-on part when its namespace has the label', async () => {
    const view = await load('002-grpcroute-guide');
    assert.equal(accepted(view, 'app/user-grpc-route'), 'Accepted');
    const unlabelled = await load(
      '002-grpcroute-guide/07-grpc-gateway.yaml',
      '002-grpcroute-guide/08-user-grpc-route.yaml',
    );
    assert.equal(accepted(unlabelled, 'app/user-grpc-route'), 'NotAllowedByListeners');
  });

  it('sends reads and writes to the reader and the writer', async () => {
    const example = await runExample(join(folder, '002-grpcroute-guide'));
    try {
      const proto = join(folder, 'user.proto');
      const call = { listener: 'grpc-gateway/grpc-tls', authority: 'user.api.example.com', proto };
      for (const [method, service] of [
        ['GetUser', 'user-service-reader'],
        ['ListUsers', 'user-service-reader'],
        ['CreateUser', 'user-service-writer'],
        ['UpdateUser', 'user-service-writer'],
        ['DeleteUser', 'user-service-writer'],
      ]) {
        const message = { user_id: '123' };
        const headers = ['x-request-id: test-001'];
        const answer = await example.call({ ...call, method: `user.v1.UserService/${method}`, message, headers });
        assert.equal(workloadOf(answer), service);
      }
    } finally {
      await example.close();
    }
  });

  it('reports what is not served: the alert', async () => {
    const view = await load('002-grpcroute-guide');
    assert.ok(codes(view, 'grpc-gateway-alerts').includes('store/unknown-kind'));
  });

  it('takes the ReferenceGrant in its old version', async () => {
    const view = await load('002-grpcroute-guide');
    assert.ok(view.resources.referenceGrants.has('backend/allow-app-to-backend'));
    assert.ok(codes(view, 'allow-app-to-backend').includes('lint/old-api-version'));
  });
});

describe('document 003: mesh', () => {
  it('serves the producer to all, and the consumer in its namespace', async () => {
    const view = await load('003-service-mesh');
    assert.ok(codes(view, 'smiley-route').includes('lint/core-group'));
    const [frontend] = view.published.bindings.filter(binding => binding.frontend !== null);
    assert.deepEqual(
      frontend?.listeners.map(({ clients }) => clients),
      [null, 'fast-clients'],
    );
  });
});

describe('document 004: TCP', () => {
  const files = ['1-tcp-gateway', '2-tcp-routes', 'given'].map(name => `004-tcp-and-grpc/${name}.yaml`);

  it('attaches each route to the listener that it names', async () => {
    const view = await load(...files);
    for (const name of ['tcp-app-1', 'tcp-app-2'])
      assert.equal(view.translation.outcomes.routes.get(`TCPRoute/default/${name}`)?.parents[0]?.accepted, null);
    assert.deepEqual(
      view.published.bindings.flatMap(({ port, listeners }) =>
        listeners.map(listener => [port, listener.kind === 'tcp' ? listener.rule?.id : null]),
      ),
      [
        [8080, 'TCPRoute/default/tcp-app-1/0'],
        [8090, 'TCPRoute/default/tcp-app-2/0'],
      ],
    );
  });

  it('gives all streams of a port to its own service', async () => {
    const example = await runExample(...files.map(path => join(folder, path)));
    try {
      for (const [listener, service] of [
        ['foo', 'my-foo-service'],
        ['bar', 'my-bar-service'],
      ] as const) {
        const [host = '', port = ''] = example.address(`my-tcp-gateway/${listener}`).split(':');
        const client = connect(Number(port), host);
        client.end('hello\n');
        const [answer] = await once(client, 'data');
        client.destroy();
        assert.match(String(answer), new RegExp(`^${service}-.*: hello\n$`));
      }
    } finally {
      await example.close();
    }
  });
});
