// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readServiceParameters, SERVICE_PARAMETER_KEYS } from './service-parameters.ts';

const read = (key: string, text: string) => readServiceParameters({ [key]: text });

describe('parameters of the Services of Gateways', () => {
  for (const [key, text, value] of [
    ['type', ' NodePort\n', 'NodePort'],
    ['ipFamilies', 'IPv6, IPv4', ['IPv6', 'IPv4']],
    ['loadBalancerClass', 'example.com/internal', 'example.com/internal'],
    ['loadBalancerSourceRanges', '192.0.2.0/24 2001:db8::/32', ['192.0.2.0/24', '2001:db8::/32']],
    ['allocateLoadBalancerNodePorts', 'false', false],
    ['nodePorts', '80=30080,053/udp=30053', { '80/tcp': 30_080, '53/udp': 30_053 }],
  ] as const) {
    it(`reads ${key}: ${text.trim()}`, () => {
      assert.deepEqual(read(key, text), { parameters: { [key]: value }, problems: [] });
    });
  }

  for (const [key, text] of [
    ['type', 'loadbalancer'],
    ['type', ''],
    ['ipFamilies', 'IPv4, IPv4'],
    ['loadBalancerClass', 'two words'],
    ['loadBalancerSourceRanges', '192.0.2.1'],
    ['loadBalancerSourceRanges', ','],
    ['allocateLoadBalancerNodePorts', 'constructor'],
    ['nodePorts', '80:30080'],
    ['nodePorts', '80=70000'],
    ['toString', 'x'],
    ['spec', ''],
  ] as const) {
    it(`refuses ${key}: ${text}, and says what it may be`, () => {
      const { parameters, problems } = read(key, text);
      assert.deepEqual(parameters, {});
      assert.deepEqual(
        problems.map(problem => problem.key),
        [key],
      );
      assert.notEqual(problems[0]?.help, '');
    });
  }

  it('are all in the table of the docs', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/kubernetes.md'), 'utf8');
    for (const key of SERVICE_PARAMETER_KEYS) assert.ok(page.includes(`\`${key}\``), key);
  });
});
