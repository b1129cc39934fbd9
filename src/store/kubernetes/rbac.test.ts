// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { READ_KINDS } from './read-kinds.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const FILE = join(import.meta.dirname, '../../../packaging/kubernetes/install.yaml');
const rules = parseAllDocuments(readFileSync(FILE, 'utf8'))
  .map(document => document.toJS() as { kind: string; metadata: { name: string }; rules?: readonly Rule[] })
  .flatMap(({ kind, metadata, rules: own }) =>
    kind === 'ClusterRole' && metadata.name === 'daemun' ? (own ?? []) : [],
  );

function mayDo(group: string, resource: string, verb: string): boolean {
  const [, subresource] = resource.split('/');
  const names = subresource === undefined ? [resource, '*'] : [resource, `*/${subresource}`];
  return rules.some(
    ({ apiGroups, resources, verbs }) =>
      apiGroups.includes(group) && names.some(name => resources.includes(name)) && verbs.includes(verb),
  );
}

describe('the ClusterRole of the package', () => {
  it('lets every kind that is read be listed and watched, and every status of ours be written', () => {
    for (const { declaration, hasStatus } of READ_KINDS) {
      const { group, plural } = declaration;
      for (const verb of ['get', 'list', 'watch']) assert.ok(mayDo(group, plural, verb), `${verb} ${plural}`);
      if (hasStatus) assert.ok(mayDo(group, `${plural}/status`, 'update'), `update ${plural}/status`);
    }
  });

  it('grants nothing on all groups or with all verbs, and changes no object but those of Gateways', () => {
    for (const { apiGroups, resources, verbs } of rules) {
      assert.ok(!apiGroups.includes('*') && !verbs.includes('*'), JSON.stringify(apiGroups));
      const writes = verbs.filter(verb => !['get', 'list', 'watch'].includes(verb));
      if (writes.length === 0) continue;
      const isSmall = resources.every(name =>
        /^(\*\/status|events|services|endpointslices|gateways\/finalizers)$/.test(name),
      );
      assert.ok(isSmall, `${writes} of ${resources}`);
    }
  });
});
