// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { startDemoPod } from '../../src/demo/index.ts';
import { startExample } from '../running-example.test-support.ts';

describe('example x-backend', async () => {
  const pod = await startDemoPod({ address: '127.0.0.1', port: 0, podName: 'shop-1' });
  const folder = await mkdtemp(join(tmpdir(), 'daemun-x-backend-'));
  const written = await readFile(join(import.meta.dirname, 'pods.yaml'), 'utf8');
  // The port of the README may be taken on this machine.
  await writeFile(join(folder, 'pods.yaml'), written.replace('number: 9090', `number: ${pod.port}`));
  const example = await startExample([folder], { demo: false });
  after(async () => {
    await example.close();
    await pod.close();
    await rm(folder, { recursive: true });
  });

  it('sends requests to the Pod that has the labels, over HTTP/2', async () => {
    const response = await fetch(`http://${example.address('shop/http')}/`);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('hostname'), 'shop-1');
  });

  it('tells the XBackend who sends to it', () => {
    const status = example.gateway.view().statuses.get('XBackend/default/front') as {
      readonly ancestors: readonly {
        readonly conditions: readonly { readonly type: string; readonly status: string }[];
      }[];
    };
    assert.deepEqual(
      status.ancestors.map(({ conditions }) => conditions.map(({ type, status: value }) => `${type} ${value}`)),
      [['Accepted True']],
    );
  });
});
