// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ReferenceGrant } from '../../resources/index.ts';
import { type GrantFrom, type GrantTo, indexGrants } from './reference-grants.ts';

const namespace = fc.constantFrom('a', 'b', 'c');
const from = fc.record({ group: fc.constantFrom('', 'g'), kind: fc.constantFrom('R', 'S'), namespace });
const target = { group: fc.constantFrom('', 'g'), kind: fc.constantFrom('T', 'U') };
const to = fc.record({ ...target, name: fc.constantFrom(undefined, '', '*', 'x', 'y') });
const spec = fc.record({
  from: fc.array(from, { minLength: 1, maxLength: 3 }),
  to: fc.array(to, { minLength: 1, maxLength: 3 }),
});
const grants = fc.array(fc.record({ namespace, spec }), { maxLength: 6 });

interface Written {
  readonly namespace: string;
  readonly spec: ReferenceGrant['spec'];
}

function indexOf(list: readonly Written[]) {
  const named = list.map((written, at): [string, ReferenceGrant] => {
    const metadata = { namespace: written.namespace, name: `g${at}` };
    const grant = {
      metadata,
      get spec() {
        return written.spec;
      },
    };
    return [`${written.namespace}/g${at}`, grant as unknown as ReferenceGrant];
  });
  return indexGrants({ referenceGrants: new Map(named) });
}

/** Word for word what the specification says. */
function isPermitted(list: readonly Written[], a: GrantFrom, b: GrantTo) {
  const isFrom = (one: GrantFrom): boolean =>
    one.group === a.group && one.kind === a.kind && one.namespace === a.namespace;
  return (
    a.namespace === b.namespace ||
    list.some(
      grant =>
        grant.namespace === b.namespace &&
        grant.spec.from.some(isFrom) &&
        grant.spec.to.some(
          ({ group, kind, name = '' }) => group === b.group && kind === b.kind && (name === '' || name === b.name),
        ),
    )
  );
}

describe('what ReferenceGrants permit', () => {
  it('is what any one of them in the namespace of the target says', () => {
    const question = fc.tuple(from, fc.record({ ...target, namespace, name: fc.constantFrom('x', 'y', 'z') }));
    fc.assert(
      fc.property(grants, fc.array(question, { minLength: 1, maxLength: 8 }), (list, questions) => {
        const written = list as readonly Written[];
        const index = indexOf(written);
        for (const [a, b] of questions) assert.equal(index.permits(a, b), isPermitted(written, a, b));
      }),
    );
  });

  it('is found without a look at each of thousands', () => {
    let looks = 0;
    const list = Array.from(
      { length: 1_000 },
      (_, at): Written => ({
        namespace: 'b',
        get spec() {
          looks++;
          return { from: [{ group: 'g', kind: 'R', namespace: `n${at}` }], to: [{ group: '', kind: 'T' }] };
        },
      }),
    );
    const index = indexOf(list);
    const ask = (at: number): boolean =>
      index.permits(
        { group: 'g', kind: 'R', namespace: `n${at}` },
        { group: '', kind: 'T', namespace: 'b', name: 'x' },
      );
    assert.equal(ask(0), true);
    const afterOne = looks;
    for (let at = 0; at < 2_000; at++) assert.equal(ask(at), at < 1_000);
    assert.equal(looks, afterOne);
  });
});
