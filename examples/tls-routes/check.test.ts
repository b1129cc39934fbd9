// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { after, describe, it } from 'node:test';
import { connect } from 'node:tls';
import { runExample } from '../running-example.test-support.ts';

describe('example tls-routes', async () => {
  const example = await runExample(import.meta.dirname);
  after(() => example.close());

  /** The Service whose pod sent the line back, and for whom the certificate was. */
  async function ask(servername: string): Promise<{ readonly service: string; readonly names: string | undefined }> {
    const [host = '', port = ''] = example.address('streams/passthrough').split(':');
    const ca = readFileSync(example.gateway.caFile ?? '');
    const client = connect({ host, port: Number(port), servername, ca });
    client.write('hello\n');
    const [answer] = (await once(client, 'data')) as [Buffer];
    const names = client.getPeerCertificate().subjectaltname;
    client.destroy();
    const [pod = '', text] = answer.toString().split(': ');
    assert.equal(text, 'hello\n');
    return { service: pod.split('-').slice(0, -2).join('-'), names };
  }

  it('passes TLS on for one name', async () => {
    assert.deepEqual(await ask('db.example.com'), { service: 'db', names: 'DNS:db.example.com' });
  });

  it('ends TLS for the others', async () => {
    const { service, names = '' } = await ask('queue.example.com');
    assert.equal(service, 'queue');
    assert.match(names, /DNS:\*\.example\.com/);
  });

  it('resets what asks for a name without a route', async () => {
    await assert.rejects(ask('other.example.com'), /ECONNRESET|socket disconnected/);
  });
});
