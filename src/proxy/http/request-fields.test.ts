// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import type { RequestMatch } from '../../snapshot/index.ts';
import { ErrorCode } from '../../wire/index.ts';
import { backend, listener, rule } from './gateway.test-support.ts';
import { RawBed } from './raw-bed.test-support.ts';
import { grpcHead, listOf, RawClient } from './raw-peer.test-support.ts';

let bed: RawBed;
afterEach(() => bed.close());

describe('the path of a gRPC request', () => {
  const faults: readonly (readonly [string, RegExp])[] = [
    ['/adm.Svc/Admin?', /has a query/],
    ['/adm.Svc/Admin?x=/a', /has a query/],
    ['/adm.Svc/Admin#', /has a fragment/],
    ['/adm.Svc/%41dmin', /has a percent-encoding/],
    ['/adm%2eSvc/Admin', /has a percent-encoding/],
    ['/adm.Svc%2fAdmin', /has a percent-encoding/],
    ['/adm.Svc/Admin;v=1', /has a path parameter/],
    ['/adm.Svc\\Admin', /has a backslash/],
    ['/adm.Svc/Adm\\in', /has a backslash/],
    ['/adm.Svc/Ad min', /has a space, a control character/],
    ['/adm.Svc/Admin\x01', /has a space, a control character/],
    ['/adm.Svc/Adm\x1bin', /has a space, a control character/],
    ['/adm.Svc/Admin\x7f', /has a space, a control character/],
    ['/adm.Svc/Adm\xefn', /has a space, a control character/],
    ['//adm.Svc/Admin', /has an empty service or method/],
    ['/adm.Svc//Admin', /has an empty service or method/],
    ['/adm.Svc/Admin/', /has an empty service or method/],
    ['/adm.Svc/', /has an empty service or method/],
    ['//Admin', /has an empty service or method/],
    ['/adm.Svc', /has no method/],
    ['/', /has no method/],
    ['/./Admin', /has a dot segment/],
    ['/adm.Svc/..', /has a dot segment/],
    ['/./adm.Svc/Admin', /has a dot segment/],
    ['/x/../adm.Svc/Admin', /has a dot segment/],
    ['/x/adm.Svc/Admin', /has more than a service and a method/],
    ['/adm.Svc/Admin/x', /has more than a service and a method/],
    ['/adm.Svc/"Admin"', /has a """/],
    ['/adm.Svc/{Admin}', /has a "\{"/],
  ];

  it('reaches no rule, however wide, when it is not /service/method', async () => {
    bed = await RawBed.start();
    for (const [path, fault] of faults) {
      const { status, message } = await bed.call({ ':path': path });
      assert.deepEqual([path, status], [path, '12']);
      assert.match(message, fault);
    }
    assert.equal(bed.reached, 0);
  });

  it('is what it is for names that servers do have', async () => {
    bed = await RawBed.start();
    for (const path of [
      '/s.S/M',
      '/grpc.health.v1.Health/Check',
      '/a-b.C_d/~e',
      '/I`'.slice(0, 2).concat('Svc/M'),
      '/N.S+T/M$1',
    ]) {
      assert.equal((await bed.call({ ':path': path })).status, '0', path);
    }
    assert.equal(bed.guarded.requests.length, 0);
    assert.equal((await bed.call({ ':path': '/adm.Svc/Admin' })).status, '0');
    assert.equal(bed.guarded.requests.length, 1);
  });

  it('counts under no name of the client’s choice when it is refused', async () => {
    bed = await RawBed.start();
    await bed.call({ ':path': '/adm.Svc/Admin?' });
    assert.equal(bed.gateway.metric('grpc_server_handled_total', { grpc_service: 'adm.Svc' }), 0);
    assert.equal(
      bed.gateway.metric('grpc_server_handled_total', { grpc_service: 'other', grpc_code: 'Unimplemented' }),
      1,
    );
  });
});

describe('what makes a request gRPC', () => {
  it('is one content-type application/grpc, in any case, with any codec and parameters', async () => {
    bed = await RawBed.start();
    for (const type of [
      'Application/GRPC',
      'APPLICATION/grpc+Proto',
      'application/grpc ;charset=utf-8',
      'application/grpc;',
    ]) {
      assert.equal((await bed.call({ 'content-type': type })).status, '0', type);
      assert.equal(bed.seen?.all['content-type'], type);
    }
    const before = bed.reached;
    assert.equal((await bed.call({ 'content-type': 'application/grpc-web' })).all[':status'], '415');
    for (const type of ['application/grpcx', 'application/grpc, application/grpc', 'xapplication/grpc', '']) {
      assert.equal((await bed.call({ 'content-type': type })).all[':status'], '404', type);
    }
    assert.equal((await bed.call({}, [['content-type', 'application/json']])).all[':status'], '404');
    assert.equal(bed.reached, before);
  });

  it('is the method POST too', async () => {
    bed = await RawBed.start();
    for (const method of ['GET', 'PUT', 'HEAD', 'DELETE', 'post']) {
      assert.equal((await bed.call({ ':method': method })).all[':status'], '404', method);
    }
    const connect = listOf([
      [':method', 'CONNECT'],
      [':authority', 'a.test:80'],
      ['content-type', 'application/grpc'],
    ]);
    assert.equal((await bed.client.call(connect)).all[':status'], '404');
    assert.equal(bed.reached, 0);
  });

  it('reaches the endpoint with te: trailers, once, whatever the client sent', async () => {
    bed = await RawBed.start();
    await bed.call({ te: undefined });
    assert.equal(bed.seen?.all['te'], 'trailers');
    await bed.call({}, [['te', 'trailers']]);
    assert.equal(bed.seen?.head?.names.filter(name => name === 'te').length, 1);
  });
});

describe('fields of a request that differ with each and come empty', () => {
  it('say nothing, and do not stand beside those that the gateway sets', async () => {
    bed = await RawBed.start();
    await bed.call({ 'x-request-id': '', 'grpc-timeout': '', 'grpc-previous-rpc-attempts': '', 'x-empty': '' });
    const { head, fields } = bed.seen ?? {};
    const ids = (fields ?? []).filter((_, at) => (fields ?? [])[at - 1] === 'x-request-id');
    assert.equal(ids.length, 1);
    assert.notEqual(ids[0], '');
    for (const name of ['x-request-id', 'grpc-timeout', 'grpc-previous-rpc-attempts'])
      assert.equal(head?.names.includes(name), false, name);
    assert.equal(head?.get('x-empty'), '');
  });
});

describe('the host of a request', () => {
  it('is never one that is none: the stream is malformed', async () => {
    bed = await RawBed.start();
    const wrong = [
      '',
      'u@a.test',
      'a.test:x',
      'a.test:99999',
      'a.test,b.test',
      '"a".test',
      'a\\b.test',
      '\xff.test',
      '*.test',
    ];
    for (const host of wrong) {
      assert.equal((await bed.call({ ':authority': host })).resetCode, ErrorCode.PROTOCOL_ERROR, host);
      assert.equal(
        (await bed.call({ ':authority': undefined }, [['host', host]])).resetCode,
        ErrorCode.PROTOCOL_ERROR,
        host,
      );
    }
    assert.equal(bed.reached, 0);
  });

  it('may come in host, which must not say another one, and becomes :authority', async () => {
    bed = await RawBed.start();
    assert.equal((await bed.call({ ':authority': undefined }, [['host', 'b.test:8080']])).status, '0');
    assert.deepEqual([bed.seen?.all[':authority'], bed.seen?.all['host']], ['b.test:8080', undefined]);
    assert.equal((await bed.call({}, [['host', 'A.test:80']])).status, '0');
    assert.equal((await bed.call({}, [['host', 'b.test']])).resetCode, ErrorCode.PROTOCOL_ERROR);
    const twice = [
      ['host', 'a.test'],
      ['host', 'a.test'],
    ] as const;
    assert.equal((await bed.call({ ':authority': undefined }, twice)).resetCode, ErrorCode.PROTOCOL_ERROR);
  });

  it('must be there', async () => {
    bed = await RawBed.start();
    const { status, message } = await bed.call({ ':authority': undefined });
    assert.deepEqual([status, message], ['13', 'the request names no host']);
    assert.equal((await bed.call({ ':authority': undefined, 'content-type': 'text/plain' })).all[':status'], '400');
    assert.equal(bed.reached, 0);
  });

  it('goes with the schemes of HTTP only', async () => {
    bed = await RawBed.start();
    assert.equal((await bed.call({ ':scheme': 'https' })).status, '0');
    for (const scheme of ['ftp', 'file', 'HTTP', 'http:', 'javascript', '']) {
      assert.equal((await bed.call({ ':scheme': scheme })).resetCode, ErrorCode.PROTOCOL_ERROR, scheme);
    }
  });
});

describe('a regular expression', () => {
  it('is not tried on a value that is longer than 2,048 characters: it matches none, and a counter says so', async () => {
    bed = await RawBed.start();
    const match: RequestMatch = { kind: 'grpc', method: null, headers: [{ kind: 'regex', name: 'x-a', value: 'a+' }] };
    const entries = [{ match, rule: rule('r', [backend('wide')]), matchIndex: 0 }];
    const listeners = [listener('grpc', [], { virtualHosts: [{ hostname: '*', entries }] })];
    await bed.gateway.apply({ listeners, clusters: { wide: [bed.wide.port] } });
    const client = await RawClient.open(bed.gateway.port);
    const ask = (length: number) => client.call(listOf(grpcHead({}, [['x-a', 'a'.repeat(length)]])));
    assert.equal((await ask(2_048)).status, '0');
    const hits = () => bed.gateway.metric('daemun_limit_hits_total', { limit: 'pattern_text' });
    assert.equal(hits(), 0);
    assert.equal((await ask(2_049)).status, '12');
    assert.equal(hits(), 1);
    client.close();
  });
});

describe('fields that clients are not believed', () => {
  const claims = [
    ['x-envoy-internal', 'true'],
    ['x-envoy-external-address', '10.0.0.1'],
    ['x-envoy-expected-rq-timeout-ms', '1'],
    ['x-envoy-upstream-rq-timeout-ms', '1'],
    ['x-envoy-original-path', '/adm.Svc/Admin'],
    ['x-envoy-decorator-operation', 'x'],
    ['x-envoy-whatever-comes-next', 'x'],
    ['x-forwarded-client-cert', 'By=spiffe://a'],
  ] as const;

  it('reach no endpoint and no rule', async () => {
    bed = await RawBed.start();
    const head = listOf(grpcHead({}, claims));
    await bed.client.call(head, { fields: ['x-envoy-upstream-service-time', '7', 'x-request-id', 'r'] });
    const seen = bed.seen?.all ?? {};
    assert.deepEqual(
      Object.keys(seen).filter(name => /^x-envoy|client-cert/.test(name)),
      [],
    );
    assert.equal(seen['x-request-id'], 'r');
  });

  it('are sent when a filter of the route sets them, and the liveness probe passes', async () => {
    bed = await RawBed.start([
      { kind: 'request-headers', change: { set: [{ name: 'x-envoy-max-retries', value: '2' }], add: [], remove: [] } },
    ]);
    await bed.call({}, [
      ['x-envoy-max-retries', '9'],
      ['x-envoy-livenessprobe', 'healthz'],
    ]);
    const seen = bed.seen?.all ?? {};
    assert.deepEqual([seen['x-envoy-max-retries'], seen['x-envoy-livenessprobe']], ['2', 'healthz']);
  });
});
