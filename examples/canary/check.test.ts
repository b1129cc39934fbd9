// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { runExample, workloadOf } from '../running-example.test-support.ts';

const CALLS = 1000;

describe('example canary', async () => {
  const example = await runExample(import.meta.dirname);
  after(() => example.close());

  it('answers with the .proto file of the service', async () => {
    const proto = join(import.meta.dirname, 'order.proto');
    const answer = await example.call({ listener: 'grpc/grpc', method: 'order.v1.OrderService/GetOrder', proto });
    assert.match(workloadOf(answer), /^order-service-(stable|canary)$/);
  });

  it('sends one call in ten to the canary, on one connection', async () => {
    const client = new Client(example.address('grpc/grpc'), credentials.createInsecure());
    let canary = 0;
    for (let i = 0; i < CALLS; i++) {
      if ((await podOf(client)).startsWith('order-service-canary-')) canary++;
    }
    client.close();
    // Ten per cent of 1,000 with a standard deviation of 9.5: four of them leave 1 failure in 16,000 runs.
    assert.ok(canary > 62 && canary < 138, `${canary} of ${CALLS} calls went to the canary`);
  });
});

function podOf(client: Client): Promise<string> {
  return new Promise((resolve, reject) => {
    const asIs = (bytes: Buffer): Buffer => bytes;
    const path = '/order.v1.OrderService/GetOrder';
    const call = client.makeUnaryRequest(path, asIs, asIs, Buffer.alloc(0), new Metadata(), error => {
      if (error !== null) reject(error);
    });
    call.on('metadata', (metadata: Metadata) => resolve(String(metadata.get('hostname')[0])));
  });
}
