// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { findSiblings, identityOf } from './siblings.ts';

test('who sends a byte now and then is no sibling, and is not waited for', { timeout: 10_000 }, async t => {
  const server = createServer((_request, response) => {
    const timer = setInterval(() => response.write(' '), 5);
    response.once('close', () => clearInterval(timer));
  });
  t.after(() => server.close().closeAllConnections());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  assert.deepEqual(await findSiblings(identityOf(['/a']), [{ host: '127.0.0.1', port }], 100), []);
});
