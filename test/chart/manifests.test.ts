// SPDX-License-Identifier: Apache-2.0

/** Holds the rendered manifests against the chart, and both against what a cluster and the program ask for. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { DEFAULT_CONTROLLER_NAME, sharedKeysName } from '../../src/controller/index.ts';
import { FIRST_TARGET_PORT, LAST_RECORDED_PORT } from '../../src/controller/owned/target-ports.ts';
import { RUN, USER, VOLUME } from '../../tools/image/gateway-files.ts';
import {
  CHART,
  chartDigest,
  INSTALL_FILE,
  MESH_FILE,
  RULES_FILE,
  render,
  renderMesh,
} from '../../tools/manifests/rendered-chart.ts';
import { INSTALLED, installed } from './installed-objects.ts';
import { unknownFlags } from './run-flags.ts';

const ROOT = join(import.meta.dirname, '../..');
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const text = readFileSync(INSTALL_FILE, 'utf8');
const mesh = readFileSync(MESH_FILE, 'utf8');
const { template, strategy, selector } = installed('Deployment').spec;
const pod = template.spec;
const [container] = pod.containers;

const hasHelm = spawnSync('helm', ['version']).error === undefined;
const NO_HELM = 'helm is not installed';

describe('the manifests', () => {
  it('are rendered from the chart as it is (else: npm run manifests)', () => {
    for (const one of [text, mesh]) assert.equal(/^# chart: (sha256:\w+)$/m.exec(one)?.[1], chartDigest());
  });

  it('are what helm makes of it', { skip: !hasHelm && NO_HELM }, () => {
    const helm = (args: readonly string[]): string => execFileSync('helm', args, { encoding: 'utf8' });
    // Not told in full: they are long.
    assert.ok(text === render(helm), 'npm run manifests');
    assert.ok(mesh === renderMesh(helm), 'npm run manifests');
  });

  it('let the Pods have the Secret of keys that they share, by its name', () => {
    const names = installed('Role').rules?.flatMap(({ resourceNames = [] }) => resourceNames);
    assert.deepEqual(names, [sharedKeysName(DEFAULT_CONTROLLER_NAME)]);
  });

  it('name that Secret as the program does, whatever the controller name', { skip: !hasHelm && NO_HELM }, () => {
    for (const name of ['example.com/edge', '9.Example.com/~a', `${'a.'.repeat(40)}b/c`]) {
      const args = [
        'template',
        'daemun',
        CHART,
        '--kube-version',
        '1.34.0',
        '--set',
        `controllerName=${name.toLowerCase()}`,
      ];
      const rendered = execFileSync('helm', args, { encoding: 'utf8' });
      assert.ok(rendered.includes(`resourceNames: [${sharedKeysName(name.toLowerCase())}]`), name);
    }
  });

  it('and the chart have the version of the package', () => {
    const chart = parse(readFileSync(join(CHART, 'Chart.yaml'), 'utf8'));
    assert.deepEqual([chart.version, chart.appVersion], [version, version]);
    assert.equal(container.image, `localhost/daemun:${version}`);
  });

  it('hold the alert rules as they are beside the chart', () => {
    assert.equal(
      readFileSync(join(CHART, 'files/daemun-rules.yaml'), 'utf8'),
      readFileSync(RULES_FILE, 'utf8'),
      'npm run manifests copies them',
    );
  });

  it('put everything that has a namespace into one', () => {
    const clusterWide = /^(Namespace|ClusterRole|ClusterRoleBinding|GatewayClass)$/;
    for (const { kind, metadata } of INSTALLED)
      assert.equal(
        metadata.namespace,
        clusterWide.test(kind) ? undefined : 'daemun-system',
        `${kind} ${metadata.name}`,
      );
  });
});

describe('the Pods', () => {
  it('pass the restricted standard, which their namespace enforces', () => {
    assert.equal(
      installed('Namespace', 'daemun-system').metadata.labels['pod-security.kubernetes.io/enforce'],
      'restricted',
    );
    assert.equal(pod.securityContext.runAsNonRoot, true);
    assert.deepEqual(pod.securityContext.seccompProfile, { type: 'RuntimeDefault' });
    assert.deepEqual(container.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    for (const field of ['hostNetwork', 'hostPID', 'hostIPC']) assert.equal(pod[field], undefined);
    for (const volume of pod.volumes) assert.deepEqual(Object.keys(volume).sort(), ['emptyDir', 'name']);
  });

  it('run as the user of the image, and may write its state directory, which is memory', () => {
    assert.equal(pod.securityContext.runAsUser, USER);
    assert.deepEqual(container.volumeMounts, [{ name: 'state', mountPath: VOLUME }]);
    assert.ok(RUN.env.DAEMUN_STATE_DIR.startsWith(`${VOLUME}/`));
    assert.equal(pod.volumes[0].emptyDir.medium, 'Memory');
  });

  it('are started with flags that the program has', () => {
    assert.deepEqual(unknownFlags(container.args), []);
  });

  it('are asked on the port that the program answers on', () => {
    const port = Number(
      container.args
        .find((flag: string) => flag.startsWith('--admin='))
        ?.split(':')
        .at(-1),
    );
    assert.deepEqual(container.ports, [{ name: 'admin', containerPort: port }]);
    assert.deepEqual(container.readinessProbe.httpGet, { path: '/ready', port: 'admin' });
    assert.deepEqual(container.livenessProbe.httpGet, { path: '/live', port: 'admin' });
    assert.equal(installed('Service').spec.ports[0].port, port);
    const { value } = container.env.find(({ name }: { name: string }) => name === 'DAEMUN_ADMIN');
    assert.equal(value, `127.0.0.1:${port}`, 'commands in the Pod ask there');
  });

  it('have time to drain', () => {
    const seconds = (flag: string): number =>
      Number(/=(\d+)s$/.exec(container.args.find((arg: string) => arg.startsWith(flag)))?.[1]);
    const drain = seconds('--drain-delay') + seconds('--drain-timeout');
    assert.ok(pod.terminationGracePeriodSeconds > drain, `${pod.terminationGracePeriodSeconds} s`);
  });

  it('are replaced one by one, each when the next one is ready, and are kept apart', () => {
    assert.deepEqual(strategy.rollingUpdate, { maxUnavailable: 0, maxSurge: 1 });
    const keys = pod.topologySpreadConstraints.map(({ topologyKey }: { topologyKey: string }) => topologyKey);
    assert.deepEqual(keys, ['kubernetes.io/hostname', 'topology.kubernetes.io/zone']);
  });

  it('are reached at the ports that Services of Gateways lead to', () => {
    const [{ ports }] = installed('NetworkPolicy').spec.ingress;
    const range = { port: FIRST_TARGET_PORT, endPort: LAST_RECORDED_PORT };
    assert.deepEqual(ports, [
      { protocol: 'TCP', ...range },
      { protocol: 'UDP', ...range },
    ]);
  });

  it('are the ones that Service, budget and NetworkPolicy choose', () => {
    for (const [label, value] of Object.entries(selector.matchLabels))
      assert.equal(template.metadata.labels[label], value);
    assert.deepEqual(installed('Service').spec.selector, selector.matchLabels);
    assert.deepEqual(installed('PodDisruptionBudget').spec.selector, selector);
    assert.deepEqual(installed('NetworkPolicy').spec.podSelector, selector);
  });
});
