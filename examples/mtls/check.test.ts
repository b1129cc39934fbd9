// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { openDevelopmentCa } from '../../src/demo/index.ts';
import { startExample } from '../running-example.test-support.ts';

describe('example mtls', async () => {
  const stateDirectory = await mkdtemp(join(tmpdir(), 'daemun-mtls-'));
  const example = await startExample([import.meta.dirname], { stateDirectory });
  after(async () => {
    await example.close();
    await rm(stateDirectory, { recursive: true, force: true });
  });
  const authority = await openDevelopmentCa({ stateDirectory, nowMs: Date.now() });
  const ca = authority.authority.pair.chain;
  const { chain: cert, key } = await authority.issue(['alice.partners.example']);

  function statusOf(listener: string, client: { cert?: string; key?: string }): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const request = get(`https://${example.address(listener)}/`, { ca, ...client, agent: false }, response => {
        response.resume().once('end', () => resolve(response.statusCode));
      });
      request.once('error', reject);
    });
  }

  it('lets in a client with a certificate of the authority', async () => {
    assert.equal(await statusOf('edge/partners', { cert, key }), 200);
  });

  it('lets in nobody without', async () => {
    await assert.rejects(statusOf('edge/partners', {}), { code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' });
  });

  it('asks for none on the other port', async () => {
    assert.equal(await statusOf('edge/open', {}), 200);
  });
});
