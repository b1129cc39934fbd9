// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { Resolver } from 'node:dns/promises';
import { after, describe, it } from 'node:test';
import { runExample } from '../running-example.test-support.ts';

describe('example udp-dns', async () => {
  const example = await runExample(import.meta.dirname);
  after(() => example.close());

  /** The version whose pod answered a client of its own. */
  async function ask(): Promise<string> {
    const resolver = new Resolver();
    resolver.setServers([example.address('names/dns')]);
    const [[pod = ''] = []] = await resolver.resolveTxt('a.example.com');
    return pod.split('-').slice(0, -2).join('-');
  }

  it('answers questions about names, one of ten from the next version', async () => {
    const answers: string[] = [];
    for (let at = 0; at < 200; at++) answers.push(await ask());
    const next = answers.filter(version => version === 'resolver-next').length;
    assert.deepEqual([...new Set(answers)].sort(), ['resolver', 'resolver-next']);
    assert.ok(next > 2 && next < 60, `${next} of 200`);
  });

  it('accepts the route and counts it', () => {
    const [gateway] = example.gateway.gateways();
    assert.deepEqual(
      gateway?.listeners.map(({ name, attachedRoutes, problem }) => [name, attachedRoutes, problem]),
      [['dns', 1, '']],
    );
  });
});
