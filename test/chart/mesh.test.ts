// SPDX-License-Identifier: Apache-2.0

/** Holds the agents of the mesh, which the chart makes when it is asked to, against what they need. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { sharedKeysName } from '../../src/controller/index.ts';
import { READ_KINDS } from '../../src/store/kubernetes/read-kinds.ts';
import { CHART } from '../../tools/manifests/rendered-chart.ts';
import { unknownFlags } from './run-flags.ts';

const CONTROLLER = 'daemun.dev/mesh-controller';
/** As an agent reads the cluster. */
const NEEDS = { xBackends: [], clients: { of: 'node', node: 'n' }, secrets: false } as const;
const skip = spawnSync('helm', ['version']).error !== undefined && 'helm is not installed';

interface Rule {
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

function rendered(kind: string, ...more: readonly string[]): ReturnType<typeof JSON.parse> {
  const args = [
    'template',
    'daemun',
    CHART,
    '--namespace',
    'daemun-system',
    '--kube-version',
    '1.34.0',
    '--set',
    'mesh.enabled=true',
    ...more,
  ];
  const documents = parseAllDocuments(execFileSync('helm', args, { encoding: 'utf8' })).map(one => one.toJS());
  const found = documents.find(one => one?.kind === kind && one.metadata.name === 'daemun-mesh');
  assert.ok(found, `no ${kind} daemun-mesh`);
  return found;
}

describe('the agents of the mesh', { skip }, () => {
  it('have one capability and the network of the node, and nothing else of it', () => {
    const { spec } = rendered('DaemonSet').spec.template;
    const [container] = spec.containers;
    assert.equal(spec.hostNetwork, true);
    for (const field of ['hostPID', 'hostIPC']) assert.equal(spec[field], undefined);
    assert.deepEqual(container.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] },
    });
    assert.notEqual(spec.securityContext.runAsGroup, 0, 'their own connections are told apart by it');
    for (const volume of spec.volumes) assert.deepEqual(Object.keys(volume).sort(), ['emptyDir', 'name']);
  });

  it('are started with flags that the program has, and are asked on the node alone', () => {
    const [container] = rendered('DaemonSet').spec.template.spec.containers;
    assert.deepEqual(unknownFlags(container.args), []);
    const admin = container.args.find((flag: string) => flag.startsWith('--admin='));
    const { httpGet } = container.readinessProbe;
    assert.equal(admin, `--admin=${httpGet.host}:${httpGet.port}`);
    assert.equal(httpGet.host, '127.0.0.1');
    const { value } = container.env.find(({ name }: { name: string }) => name === 'DAEMUN_ADMIN');
    assert.equal(`--admin=${value}`, admin, 'commands in the Pod ask there');
  });

  it('are there before the last ones go: no port that is named keeps them apart', () => {
    const { updateStrategy, template } = rendered('DaemonSet').spec;
    assert.deepEqual(updateStrategy.rollingUpdate, { maxUnavailable: 0, maxSurge: 1 });
    assert.equal(template.spec.containers[0].ports, undefined);
  });

  it('may read what they read, and no Secrets', () => {
    const rules: readonly Rule[] = rendered('ClusterRole').rules;
    const readable = (plural: string): boolean =>
      rules.some(({ resources, verbs }) => resources.includes(plural) && verbs.includes('watch'));
    for (const { kind, declaration, fieldSelector } of READ_KINDS) {
      const isNeeded = fieldSelector(NEEDS) !== null;
      const isGranted =
        readable(declaration.plural) || (declaration.group.startsWith('gateway.networking.') && readable('*'));
      assert.equal(isGranted, isNeeded, kind);
    }
  });

  it('change statuses, Events, and in their namespace the Lease and the keys that they share', () => {
    const writes = (rules: readonly Rule[]): string[] =>
      rules
        .filter(({ verbs }) => verbs.some(verb => !/^(get|list|watch)$/.test(verb)))
        .flatMap(({ resources }) => resources);
    assert.deepEqual(writes(rendered('ClusterRole').rules), ['*/status', 'events']);
    const { rules } = rendered('Role');
    assert.deepEqual(writes(rules), ['leases', 'secrets', 'secrets']);
    assert.deepEqual(rules.at(-1).resourceNames, [sharedKeysName(CONTROLLER)]);
  });
});
