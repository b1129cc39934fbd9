// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EndpointBudget } from './endpoint-budget.ts';
import { LaneConnections } from './lane-connections.ts';
import type { UpstreamConnection } from './upstream-connection.ts';
import type { UpstreamRequest } from './upstream-request.ts';
import { WaitingLine, WaitingRequest } from './waiting-line.ts';

const MOST = 1_000;
const WAITING = 300;

describe('who is next in the line of a lane whose connections take one request each', () => {
  /** How often it was looked whether a connection is busy. */
  let looks = 0;

  /** A lane with `busy` connections, of clients that have `each` of them. */
  function lane(busy: number, each: number): { connections: LaneConnections; clients: object[] } {
    const budget: Partial<EndpointBudget> = { take: () => true };
    const limits = { maxConnections: MOST, leavingBeside: 0, dialSpacingMs: 0, isKeptUp: true };
    const connections = new LaneConnections(limits, budget as EndpointBudget);
    const clients = Array.from({ length: Math.ceil(busy / each) }, () => ({}));
    for (let at = 0; at < MOST; at++) {
      const connection: Partial<UpstreamConnection> = {
        client: clients[Math.floor(at / each)] ?? null,
        get liveStreams() {
          looks++;
          return at < busy ? 1 : 0;
        },
      };
      connections.add(connection as UpstreamConnection);
    }
    return { connections, clients };
  }

  function lineOf(clients: readonly (object | null)[]): WaitingLine {
    const line = new WaitingLine();
    for (const client of clients) line.push(new WaitingRequest({ client } as UpstreamRequest));
    return line;
  }

  it('is the first whose client has a share left', () => {
    // Two are left: whoever has eight has its share.
    const { connections, clients } = lane(MOST - 2, 8);
    const few = {};
    const line = lineOf([...clients.slice(0, 5), few, ...clients.slice(5, 10)]);
    assert.equal(connections.nextIn(line)?.request.client, few);
    assert.equal(connections.nextIn(lineOf(clients.slice(0, 5))), null);
    assert.equal(connections.nextIn(lineOf([])), null);
  });

  it('is who is nobody in particular, where nothing is left', () => {
    const { connections, clients } = lane(MOST, 8);
    assert.equal(connections.nextIn(lineOf([...clients.slice(0, 5), {}])), null);
    assert.equal(connections.nextIn(lineOf([...clients.slice(0, 5), null]))?.request.client, null);
  });

  it('is found with a few looks at each connection, however many wait', () => {
    for (const busy of [MOST, MOST - 1]) {
      const { connections, clients } = lane(busy, 5);
      const line = lineOf(Array.from({ length: WAITING }, (_, at) => clients[at % clients.length] as object));
      assert.equal(line.length, WAITING);
      looks = 0;
      assert.equal(connections.nextIn(line), null);
      assert.ok(looks <= 4 * MOST, `${looks} looks at ${MOST} connections`);
    }
  });
});
