// SPDX-License-Identifier: Apache-2.0

/** WebSockets through the data plane are what they are without it, byte for byte, whatever they say. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { httpListener, TestGateway } from '../../src/proxy/http/gateway.test-support.ts';
import { ask, type Granted } from '../../src/proxy/http/tunnel-peers.test-support.ts';
import { type Case, COMPRESSED, PLAIN } from './cases.ts';
import { createEndpoint } from './endpoint.ts';

/** How a conversation went, as its client sees it. */
interface Outcome {
  readonly extensions: unknown;
  readonly bytes: number;
  readonly digest: string;
  /** The end of what came: where an endpoint closes, its close frame. */
  readonly last: string;
}

const LAST_BYTES = 8;

describe('WebSockets, beside the same without a proxy', () => {
  const endpoint = createEndpoint();
  const gateway = new TestGateway();
  let direct = 0;

  before(async () => {
    endpoint.listen(0, '127.0.0.1');
    await once(endpoint, 'listening');
    direct = (endpoint.address() as AddressInfo).port;
    await gateway.apply({
      listeners: [httpListener('http', { '/': 'main' })],
      clusters: { main: [direct] },
      clusterChanges: { protocol: 'h1' },
    });
  });

  after(() => {
    gateway.close();
    endpoint.close();
    endpoint.closeAllConnections();
  });

  /** Says what the case says, and listens until the endpoint ends. */
  async function outcomeOf({ writes }: Case, open: (cleanups: (() => void)[]) => Promise<Granted>): Promise<Outcome> {
    const cleanups: (() => void)[] = [];
    const { bytes, headers } = await open(cleanups);
    for (const write of writes) {
      if (bytes.isEnded) break;
      bytes.write(write);
      // A write each: what is written in one turn may leave in one piece.
      if (writes.length < 100) await new Promise(resolve => setImmediate(resolve));
    }
    const received = await bytes.rest();
    for (const cleanup of cleanups) cleanup();
    return {
      extensions: headers['sec-websocket-extensions'] ?? headers['Sec-WebSocket-Extensions'],
      bytes: received.length,
      digest: createHash('sha256').update(received).digest('hex'),
      last: received.subarray(-LAST_BYTES).toString('hex'),
    };
  }

  function compare(cases: readonly Case[], headers: Readonly<Record<string, string>>): void {
    for (const one of cases) {
      it(`answer alike: ${one.what}`, async () => {
        const expected = await outcomeOf(one, cleanups => ask('HTTP/1.1', direct, { headers }, cleanups));
        assert.ok(expected.bytes > 0);
        // What is compressed is all sound: the endpoint understood it, and ended with 1000.
        if (expected.extensions !== undefined) assert.match(expected.last, /880203e8$/);
        for (const version of ['HTTP/1.1', 'HTTP/2'] as const) {
          const found = await outcomeOf(one, cleanups => ask(version, gateway.port, { headers }, cleanups));
          assert.deepEqual(found, expected, version);
        }
      });
    }
  }

  compare(PLAIN, {});
  for (const { offer, cases } of COMPRESSED) {
    describe(offer, () => compare(cases, { 'sec-websocket-extensions': offer }));
  }
});
