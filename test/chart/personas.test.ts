// SPDX-License-Identifier: Apache-2.0

/** Holds the ClusterRoles for people against the kinds that there are. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { KINDS } from '../../src/resources/index.ts';
import { installed } from './installed-objects.ts';

const PERSONAS = ['infrastructure-provider', 'cluster-operator', 'application-developer', 'viewer'];
const page = readFileSync(join(import.meta.dirname, '../../docs/personas.md'), 'utf8');
const rulesOf = (persona: string) => installed('ClusterRole', `daemun-${persona}`).rules ?? [];

function mayChange(persona: string): readonly string[] {
  return rulesOf(persona)
    .filter(({ verbs }) => verbs.includes('update'))
    .flatMap(({ apiGroups, resources }) => apiGroups.flatMap(group => resources.map(plural => `${group}/${plural}`)));
}

const kinds = [...KINDS.values()]
  .filter(({ group }) => group.startsWith('gateway.networking.'))
  .map(({ group, plural }) => `${group}/${plural}`);

describe('the ClusterRoles for people', () => {
  it('let somebody change every kind of the Gateway API, and nothing else', () => {
    assert.deepEqual([...new Set(PERSONAS.flatMap(mayChange))].sort(), [...kinds].sort());
  });

  it('leave to the infrastructure provider what classes there are, and to operators what leads out of the cluster', () => {
    const others = ['cluster-operator', 'application-developer', 'viewer'].flatMap(mayChange);
    assert.ok(!others.includes('gateway.networking.k8s.io/gatewayclasses'));
    assert.ok(!mayChange('application-developer').includes('gateway.networking.x-k8s.io/xbackends'));
    assert.ok(!mayChange('application-developer').includes('gateway.networking.k8s.io/gateways'));
    assert.deepEqual(mayChange('viewer'), []);
  });

  it('let nobody write a status, and everybody see all of the Gateway API', () => {
    for (const persona of PERSONAS) {
      for (const { resources, verbs } of rulesOf(persona)) {
        assert.ok(!resources.some(name => name.includes('/')), persona);
        if (resources.includes('*')) assert.deepEqual(verbs, ['get', 'list', 'watch'], persona);
      }
      assert.ok(
        rulesOf(persona).some(({ resources }) => resources.includes('*')),
        persona,
      );
    }
  });

  it('are described with what each may change', () => {
    for (const persona of PERSONAS) {
      const row = page.split('\n').find(line => line.startsWith(`| \`daemun-${persona}\` `)) ?? assert.fail(persona);
      for (const kind of mayChange(persona))
        assert.ok(row.includes(`\`${kind.split('/')[1]}\``), `${persona}: ${kind}`);
    }
  });
});
