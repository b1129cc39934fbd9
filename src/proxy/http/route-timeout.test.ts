// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { backend, listener, rule, TestGateway } from './gateway.test-support.ts';
import { type Fields, grpcHead, listOf, RawBackend, RawClient, type Received } from './raw-peer.test-support.ts';

const open: { close(): void }[] = [];

afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

/** Sends one request through a rule with a timeout of two seconds that takes any; gives what its endpoint got. */
async function sent(head: Fields): Promise<Received | undefined> {
  const endpoint = await RawBackend.start();
  const gateway = new TestGateway({});
  const match = {
    kind: 'http',
    path: { kind: 'prefix', value: '/' },
    method: null,
    headers: [],
    queryParams: [],
  } as const;
  const entry = { match, rule: rule('any', [backend('a')], { requestTimeoutMs: 2_000 }), matchIndex: 0 };
  const virtualHosts = [{ hostname: '*', entries: [entry] }];
  await gateway.apply({ listeners: [listener('http', [], { virtualHosts })], clusters: { a: [endpoint.port] } });
  const client = await RawClient.open(gateway.port);
  open.push(client, gateway, endpoint);
  await client.call(listOf(head));
  return endpoint.last;
}

describe("a route's timeout", () => {
  it('is told to the endpoint of a gRPC request, where the call allows more', async () => {
    assert.equal((await sent(grpcHead()))?.all['grpc-timeout'], '2000000u');
    assert.equal((await sent([...grpcHead(), ['grpc-timeout', '9S']]))?.all['grpc-timeout'], '2000000u');
    assert.equal((await sent([...grpcHead(), ['grpc-timeout', '1S']]))?.all['grpc-timeout'], '1S');
  });

  it('is no field of a request that is not gRPC, and a field that it has is nothing to us', async () => {
    const plain: Fields = [
      [':method', 'GET'],
      [':scheme', 'http'],
      [':path', '/'],
      [':authority', 'a.test'],
    ];
    assert.equal((await sent(plain))?.all['grpc-timeout'], undefined);
    assert.equal((await sent([...plain, ['grpc-timeout', '0n']]))?.all['grpc-timeout'], '0n');
  });
});
