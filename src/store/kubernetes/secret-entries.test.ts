// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KubeRefusal, type KubeResponse } from './kube-client.ts';
import { SecretEntries } from './secret-entries.ts';

const { signal } = new AbortController();
const HELD = { resourceVersion: '7', entries: new Map([['k', 'v']]) };

function secretOf(answer: Pick<KubeResponse, 'status' | 'json'>): SecretEntries {
  const client = { request: async () => ({ headers: {}, ...answer }) };
  return new SecretEntries(client, { namespace: 'a', name: 's' });
}

test('a Secret is what an API server says of it', async () => {
  const json = { metadata: { resourceVersion: '7' }, data: { k: Buffer.from('v').toString('base64') } };
  assert.deepEqual(await secretOf({ status: 200, json }).read(signal), HELD);
  assert.equal(await secretOf({ status: 404, json: { kind: 'Status' } }).read(signal), null);
});

for (const status of [200, 404])
  test(`a page in its place that says ${status} is no Secret, and not that there is none`, async () => {
    const secret = secretOf({ status, json: undefined });
    await assert.rejects(secret.read(signal), KubeRefusal);
    await assert.rejects(secret.write(HELD.entries, HELD, signal), KubeRefusal);
    await assert.rejects(secret.write(HELD.entries, null, signal), KubeRefusal);
  });
