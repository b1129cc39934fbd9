// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, describe, it } from 'node:test';
import { runExample } from '../running-example.test-support.ts';

describe('example tcp', async () => {
  const example = await runExample(import.meta.dirname);
  after(() => example.close());

  /** The Service whose pod sent the line back. */
  async function ask(listener: string): Promise<string> {
    const [host = '', port = ''] = example.address(`streams/${listener}`).split(':');
    const client = connect(Number(port), host);
    client.end('hello\n');
    const [answer] = (await once(client, 'data')) as [Buffer];
    client.destroy();
    const [pod = '', text] = answer.toString().split(': ');
    assert.equal(text, 'hello\n');
    return pod.split('-').slice(0, -2).join('-');
  }

  it('gives each port to its own service, one of ten connections of the second to the next version', async () => {
    assert.equal(await ask('foo'), 'foo-service');
    const answers: string[] = [];
    for (let at = 0; at < 100; at++) answers.push(await ask('bar'));
    const next = answers.filter(name => name === 'bar-service-next').length;
    assert.ok(next > 0 && next < 35, `${next} of 100`);
    assert.deepEqual([...new Set(answers)].sort(), ['bar-service', 'bar-service-next']);
  });
});
