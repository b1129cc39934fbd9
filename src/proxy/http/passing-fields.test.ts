// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import type { Filter } from '../../snapshot/index.ts';
import { until } from '../../time/until.test-support.ts';
import { ErrorCode } from '../../wire/index.ts';
import { RawBed } from './raw-bed.test-support.ts';
import { grpcHead, isNeverIndexed, listOf } from './raw-peer.test-support.ts';

let bed: RawBed;
afterEach(() => bed.close());

describe('never-indexed fields', () => {
  const filters: Filter[] = [
    { kind: 'request-headers', change: { set: [{ name: 'a', value: '1' }], add: [], remove: [] } },
    { kind: 'response-headers', change: { set: [{ name: 'b', value: '2' }], add: [], remove: [] } },
    { kind: 'mirror', target: { cluster: 'mirror' }, share: { numerator: 1, denominator: 1 } },
  ];

  it('stay so on the way to the endpoint and to the mirror, through filters', async () => {
    bed = await RawBed.start(filters);
    await bed.client.call(listOf(grpcHead({}, [['x-key', 'secret']]), ['x-key']), {
      fields: ['x-request-id', 'secret'],
    });
    await until(() => bed.mirror.requests.length > 0);
    for (const one of [bed.wide, bed.mirror]) {
      assert.deepEqual(one.last?.head?.sensitive, ['x-key']);
      assert.deepEqual([isNeverIndexed(one.input, 'x-key'), isNeverIndexed(one.input, 'x-request-id')], [true, true]);
      assert.equal(isNeverIndexed(one.input, 'a'), false);
    }
  });

  it('stay so on the way to the client, in interim and final heads and in trailers', async () => {
    bed = await RawBed.start(filters);
    bed.wide.answer = {
      interim: listOf(
        [
          [':status', '103'],
          ['x-early', 'secret'],
        ],
        ['x-early'],
      ),
      head: listOf(
        [
          [':status', '200'],
          ['content-type', 'application/grpc'],
          ['x-key', 'secret'],
        ],
        ['x-key'],
      ),
      trailers: listOf(
        [
          ['grpc-status', '0'],
          ['x-last', 'secret'],
          ['host', 'x'],
        ],
        ['x-last'],
      ),
      trailerFields: ['x-correlation-id', 'secret'],
    };
    const got = await bed.call();
    assert.deepEqual([got.head?.sensitive, got.trailers?.sensitive], [['x-key'], ['x-last']]);
    assert.deepEqual(got.interim[0]?.sensitive, ['x-early']);
    assert.equal(isNeverIndexed(bed.client.input, 'x-correlation-id'), true);
  });
});

describe('blanks around values', () => {
  it('are taken off on both ways: a status whose message ends with a space is that status', async () => {
    bed = await RawBed.start();
    bed.wide.answer = {
      head: listOf([
        [':status', '200'],
        ['content-type', 'application/grpc'],
        ['x-a', ' b\t'],
      ]),
      trailers: listOf([
        ['grpc-status', '5'],
        ['x-last', 'c '],
      ]),
      trailerFields: ['grpc-message', 'no such user: '],
    };
    const got = await bed.client.call(listOf(grpcHead({}, [['x-user', ' d ']])), { fields: ['x-request-id', ' e'] });
    const asked = bed.wide.last?.all;
    assert.deepEqual([asked?.['x-user'], asked?.['x-request-id']], ['d', 'e']);
    assert.deepEqual([got.status, got.message], ['5', 'no such user:']);
    assert.deepEqual([got.all['x-a'], got.allTrailers['x-last']], ['b', 'c']);
  });
});

describe('trailers', () => {
  it('of a client that speak of framing or routing are malformed', async () => {
    bed = await RawBed.start();
    for (const [name, value] of [
      ['host', 'b.test'],
      ['te', 'trailers'],
      ['trailer', 'x'],
      ['transfer-encoding', 'chunked'],
      [':path', '/'],
    ] as const) {
      const { resetCode } = await bed.client.call(listOf(grpcHead()), {
        trailers: listOf([
          ['a', '1'],
          [name, value],
        ]),
      });
      assert.equal(resetCode, ErrorCode.PROTOCOL_ERROR, name);
    }
    const { resetCode } = await bed.client.call(listOf(grpcHead()), {
      trailers: listOf([['a', '1']]),
      trailerFields: ['content-length', '0'],
    });
    assert.equal(resetCode, ErrorCode.PROTOCOL_ERROR);
    assert.deepEqual(
      bed.wide.requests.map(request => request.trailers),
      bed.wide.requests.map(() => null),
    );
  });

  it('of a client lose what would identify, route or condition it', async () => {
    bed = await RawBed.start();
    const trailers = listOf([
      ['x-forwarded-for', '10.0.0.1'],
      ['x-forwarded-proto', 'https'],
      ['forwarded', 'for=10.0.0.1'],
      ['authorization', 'Bearer x'],
      ['cookie', 'a=b'],
      ['x-envoy-internal', 'true'],
      ['if-match', '*'],
      ['x-sum', '1'],
    ]);
    await bed.client.call(listOf(grpcHead()), { trailers, trailerFields: ['x-envoy-upstream-service-time', '1'] });
    assert.deepEqual(bed.seen?.allTrailers, { 'x-sum': '1' });
  });

  it('of an endpoint lose such fields, and keep the status of the call', async () => {
    bed = await RawBed.start();
    bed.wide.answer = {
      ...bed.wide.answer,
      trailers: listOf([
        ['grpc-status', '5'],
        ['set-cookie', 'a=b'],
        ['content-type', 'text/html'],
        ['x-forwarded-for', '1'],
        ['x-sum', '1'],
      ]),
      trailerFields: ['content-length', '9', 'grpc-message', 'gone'],
    };
    for (let i = 0; i < 2; i++) {
      assert.deepEqual((await bed.call()).allTrailers, { 'grpc-status': '5', 'x-sum': '1', 'grpc-message': 'gone' });
    }
  });
});

describe('a response that is not valid', () => {
  const broken: readonly (readonly [string, ReturnType<typeof listOf>])[] = [
    ['status 999', listOf([[':status', '999']])],
    ['status 600', listOf([[':status', '600']])],
    ['status 099', listOf([[':status', '099']])],
    ['status 20', listOf([[':status', '20']])],
    ['no status', listOf([['content-type', 'application/grpc']])],
    [
      'a connection field',
      listOf([
        [':status', '200'],
        ['connection', 'close'],
      ]),
    ],
    [
      'an upper-case name',
      listOf([
        [':status', '200'],
        ['X-A', '1'],
      ]),
    ],
    [
      'a value with a line feed',
      listOf([
        [':status', '200'],
        ['a', 'b\nc'],
      ]),
    ],
    [
      'a value with a NUL',
      listOf([
        [':status', '200'],
        ['a', 'b\0c'],
      ]),
    ],
    [
      'a request’s pseudo-header',
      listOf([
        [':status', '200'],
        [':path', '/'],
      ]),
    ],
  ];
  for (const [name, head] of broken) {
    it(`is answered by the gateway as the endpoint’s fault: ${name}`, async () => {
      bed = await RawBed.start();
      bed.wide.answer = { ...bed.wide.answer, head };
      const { status, message } = await bed.call();
      assert.deepEqual(
        [status, message],
        ['13', 'the endpoint broke the protocol: its response is not valid (PROTOCOL_ERROR)'],
      );
    });
  }

  for (const length of ['5', '5, 5', '+0', '-0', '0x0', '', '1e1']) {
    it(`is one that ends at once with content-length "${length}"`, async () => {
      bed = await RawBed.start();
      bed.wide.answer = {
        head: listOf([
          [':status', '200'],
          ['content-type', 'application/grpc'],
          ['grpc-status', '0'],
        ]),
        fields: ['content-length', length],
      };
      assert.equal((await bed.call()).status, '13');
    });
  }

  it('is one with two content-lengths, even when they agree', async () => {
    bed = await RawBed.start();
    bed.wide.answer = { head: bed.wide.answer.head, fields: ['content-length', '0', 'content-length', '0'] };
    assert.equal((await bed.call()).status, '13');
  });
});

describe('the access log', () => {
  it('takes names of fields from names only', async () => {
    bed = await RawBed.start();
    const fields = ['traceparent', 'x-request-id', 'tracestate', 'user-agent', 'b3', 'x-request-id'];
    await bed.client.call(listOf(grpcHead()), { fields });
    await bed.client.call(listOf(grpcHead()), { fields: [...fields, 'x-request-id', 'mine'] });
    bed.gateway.close();
    const ids = bed.gateway.accessLog
      .trim()
      .split('\n')
      .map(line => JSON.parse(line).request_id);
    assert.match(ids[0], /^[0-9a-f]{8}-/);
    assert.equal(ids[1], 'mine');
  });
});
