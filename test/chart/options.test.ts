// SPDX-License-Identifier: Apache-2.0

/** What the chart renders with other values than its own. Only where helm is installed. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { CHART, RULES_FILE } from '../../tools/manifests/rendered-chart.ts';

const hasHelm = spawnSync('helm', ['version']).error === undefined;

/** `release`: its name, or `NAME@NAMESPACE`. */
function helm(release: string, ...sets: readonly string[]) {
  const [name = '', namespace = 'edge'] = release.split('@');
  const values = sets.flatMap(set => ['--set', set]);
  const args = ['template', name, CHART, '--namespace', namespace, '--kube-version', '1.34.0', ...values];
  return spawnSync('helm', args, { encoding: 'utf8' });
}

// biome-ignore lint/suspicious/noExplicitAny: each kind has its own
function render(release: string, ...sets: readonly string[]): ReadonlyMap<string, any> {
  const { status, stdout, stderr } = helm(release, ...sets);
  assert.equal(status, 0, stderr);
  const objects = parseAllDocuments(stdout).map(document => document.toJS());
  return new Map(objects.map(object => [`${object.kind} ${object.metadata.name}`, object]));
}

describe('the chart', { skip: !hasHelm && 'helm is not installed' }, () => {
  it('gives Prometheus the job that the rules expect, and the rules and the dashboard as they are', () => {
    const kinds = ['serviceMonitor', 'rules', 'dashboard'];
    const objects = render(
      'daemun',
      ...kinds.map(kind => `monitoring.${kind}.enabled=true`),
      'monitoring.rules.labels.team=a',
    );
    const { spec } = objects.get('ServiceMonitor daemun');
    assert.equal(objects.get('Service daemun').metadata.labels[spec.jobLabel], 'daemun');
    assert.equal(spec.endpoints[0].port, objects.get('Service daemun').spec.ports[0].name);
    const rule = objects.get('PrometheusRule daemun');
    assert.deepEqual(rule.spec, parse(readFileSync(RULES_FILE, 'utf8')));
    assert.equal(rule.metadata.labels.team, 'a');
    const { data } = objects.get('ConfigMap daemun-dashboard');
    assert.deepEqual(
      JSON.parse(data['daemun.json']),
      JSON.parse(readFileSync(join(CHART, 'files/dashboard.json'), 'utf8')),
    );
  });

  it('leaves the number of Pods to the autoscaler', () => {
    const objects = render('daemun', 'autoscaling.enabled=true', 'autoscaling.maxReplicas=30');
    assert.equal(objects.get('Deployment daemun').spec.replicas, undefined);
    assert.equal(objects.get('HorizontalPodAutoscaler daemun').spec.maxReplicas, 30);
  });

  it('names all that belongs to a release after it, so that two stand beside each other', () => {
    const first = [...render('edge').keys()];
    const second = [...render('other', 'gatewayClass.name=other').keys()];
    assert.deepEqual(
      first.filter(name => second.includes(name)),
      [],
    );
    assert.ok(first.includes('Deployment edge-daemun'));
  });

  it('lets two releases of one name stand in two namespaces, where one makes the roles for people', () => {
    const namesIn = (namespace: string, ...sets: string[]): string[] =>
      [...render(`daemun@${namespace}`, 'mesh.enabled=true', ...sets)]
        .filter(([, object]) => object.metadata.namespace === undefined)
        .map(([name]) => name);
    const first = namesIn('daemun-system');
    const second = namesIn('edge', 'gatewayClass.name=edge', 'personas.create=false');
    assert.deepEqual(
      second.filter(name => first.includes(name)),
      [],
    );
    assert.ok(first.includes('ClusterRoleBinding daemun'), 'as versions before have it');
    // With a cluster to ask, the chart leaves out what the other has made; without one it cannot know.
    const shared = namesIn('edge', 'gatewayClass.name=edge').filter(name => first.includes(name));
    assert.deepEqual(
      shared.sort(),
      ['application-developer', 'cluster-operator', 'infrastructure-provider', 'viewer'].map(
        persona => `ClusterRole daemun-${persona}`,
      ),
    );
    const { roleRef } = render('daemun').get('ClusterRoleBinding daemun:edge');
    assert.equal(roleRef.name, 'daemun:edge');
  });

  it('writes parameters of the class into a ConfigMap that the class refers to', () => {
    const objects = render('daemun', 'gatewayClass.parameters.externalTrafficPolicy=Local');
    const { name, namespace } = objects.get('GatewayClass daemun').spec.parametersRef;
    const map = objects.get(`ConfigMap ${name}`);
    assert.equal(map.metadata.namespace, namespace);
    assert.deepEqual(map.data, { externalTrafficPolicy: 'Local' });
  });

  it('gives the built-in roles what people may do only when told', () => {
    const labelsOf = (...sets: string[]) =>
      Object.keys(render('daemun', ...sets).get('ClusterRole daemun-application-developer').metadata.labels);
    const isAggregated = (labels: readonly string[]): boolean => labels.some(label => label.includes('aggregate-to'));
    assert.equal(isAggregated(labelsOf()), false);
    assert.equal(isAggregated(labelsOf('personas.aggregate=true')), true);
    assert.equal(
      [...render('daemun', 'personas.create=false').keys()].filter(name => name.startsWith('ClusterRole ')).length,
      1,
    );
  });

  it('has Pods warn of their admin address only where no NetworkPolicy guards it', () => {
    const argsWith = (...sets: string[]): string[] =>
      render('daemun', ...sets).get('Deployment daemun').spec.template.spec.containers[0].args;
    assert.ok(argsWith().includes('--admin-guarded'));
    assert.ok(!argsWith('networkPolicy.enabled=false').includes('--admin-guarded'));
  });

  it('takes an image by its digest', () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    const objects = render('daemun', 'image.repository=example.com/d', `image.digest=${digest}`);
    assert.equal(objects.get('Deployment daemun').spec.template.spec.containers[0].image, `example.com/d@${digest}`);
  });

  it('keeps Pods of Gateways and agents of the mesh apart', () => {
    const objects = render('daemun', 'mesh.enabled=true');
    const component = 'app.kubernetes.io/component';
    const agents = objects.get('DaemonSet daemun-mesh').spec.template.metadata.labels;
    for (const kind of ['Service', 'Deployment']) {
      const { selector } = objects.get(`${kind} daemun`).spec;
      assert.notEqual((selector.matchLabels ?? selector)[component], agents[component], kind);
    }
  });

  it('refuses values that it does not know or that cannot be', () => {
    for (const set of ['replica=3', 'workers=0', 'drain.timeoutSeconds=-1', 'log.level=loud', 'image.digest=latest']) {
      const { status, stderr } = helm('daemun', set);
      assert.notEqual(status, 0, set);
      assert.match(stderr, /don't meet the specifications of the schema/, set);
    }
  });
});
