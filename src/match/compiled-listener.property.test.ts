// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import type { VirtualHost } from '../snapshot/index.ts';
import { compileBinding } from './compiled-binding.ts';
import { binding, entry, listener, request, virtualHost } from './snapshot-builders.test-support.ts';

const NAMES = ['*', '*.c.test', '*.d.c.test', 'a.test', 'b.test', 'x.c.test', 'y.test'];
const ASKED = ['a.test', 'b.test', 'x.c.test', 'y.c.test', 'x.d.c.test', 'y.test', 'other', 'c.test'];
const HEADER = { kind: 'exact', name: 'x', value: '1' } as const;

/** Hosts by name; those with the same number from one version to the next are the same object. */
const version = fc.dictionary(fc.constantFrom(...NAMES), fc.record({ number: fc.nat(2), asks: fc.boolean() }), {
  noNullPrototype: true,
});

it('a listener whose hosts come, go and change answers as one that is compiled from scratch', () => {
  fc.assert(
    fc.property(fc.array(version, { minLength: 2, maxLength: 8 }), fc.boolean(), (versions, mayAsk) => {
      const made = new Map<string, VirtualHost>();
      const hostOf = (name: string, number: number, asks: boolean): VirtualHost => {
        const id = `${name} ${number} ${asks}`;
        const host = made.get(id) ?? virtualHost(name, entry(id, null, ...(asks ? [HEADER] : [])));
        made.set(id, host);
        return host;
      };
      let previous: ReturnType<typeof compileBinding> | undefined;
      const volatileNames = new Set(['x']);
      for (const hosts of versions) {
        const sorted = NAMES.toReversed().flatMap(name => {
          const host = hosts[name];
          return host === undefined ? [] : [hostOf(name, host.number, host.asks && mayAsk)];
        });
        const source = binding(listener('l', '*', ...sorted));
        const step = compileBinding(source, { volatileNames, ...(previous !== undefined && { previous }) });
        const scratch = compileBinding(source, { volatileNames });
        for (const asked of ASKED) {
          const answers = [step, scratch].map(({ listeners: [one] }) => [
            one?.match(asked, request('/s/m'))?.rule.id,
            one?.isForeign(asked),
            [...(one?.headerNames ?? [])],
            one?.usesVolatile,
          ]);
          assert.deepEqual(answers[0], answers[1], asked);
        }
        previous = step;
      }
    }),
  );
});
