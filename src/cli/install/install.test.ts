// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { sharedKeysName } from '../../controller/index.ts';
import { kubeconfigFile } from '../../store/kubernetes/kubeconfig-file.test-support.ts';
import { runProgram } from '../program.ts';
import { recordingTerminal } from '../recording-terminal.test-support.ts';
import { ApplyingApi } from './applying-api.test-support.ts';

const DEPLOYMENT = '/apis/apps/v1/namespaces/daemun-system/deployments/daemun';

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = recordingTerminal('', { DAEMUN_NAMESPACE: 'elsewhere' });
  const code = await runProgram(['install', ...args], terminal);
  return { code, out: terminal.stdout(), err: terminal.stderr() };
}

async function cluster(
  t: TestContext,
): Promise<{ api: ApplyingApi; apply: (...args: string[]) => ReturnType<typeof run> }> {
  const api = await ApplyingApi.start(t);
  const kubeconfig = kubeconfigFile(api.url);
  return { api, apply: (...args) => run('--apply', '--kubeconfig', kubeconfig, ...args) };
}

describe('daemun install', () => {
  it('prints the manifests with their comments, whatever namespace is looked into by default', async () => {
    const { code, out } = await run();
    assert.equal(code, 0);
    assert.match(out, /# What daemun may do in a cluster/);
    const kinds = parseAllDocuments(out).map(document => document.get('kind'));
    assert.ok(kinds.includes('Namespace') && kinds.includes('Deployment') && kinds.includes('GatewayClass'));
    assert.doesNotMatch(out, /elsewhere/);
  });

  it('puts everything of a namespace, and who has the rights, into the one that is named', async () => {
    const { out } = await run('--namespace', 'edge');
    assert.doesNotMatch(out, /daemun-system/);
    assert.match(out, /--pods-service=edge\/daemun$/m);
    for (const document of parseAllDocuments(out)) {
      const { metadata, subjects = [] } = document.toJS();
      assert.ok([undefined, 'edge'].includes(metadata.namespace));
      for (const subject of subjects) assert.equal(subject.namespace, 'edge');
    }
  });

  it('takes image, replicas, class and controller name', async () => {
    const flags = ['--image', 'example.com/d@sha256:1', '--replicas', '5', '--class', 'edge'];
    const { out } = await run(...flags, '--controller-name', 'example.com/edge');
    assert.match(out, /image: example\.com\/d@sha256:1$/m);
    assert.match(out, /replicas: 5$/m);
    assert.match(out, /--controller-name=example\.com\/edge$/m);
    assert.ok(out.includes(`resourceNames: [ ${sharedKeysName('example.com/edge')} ]`));
    assert.match(
      out,
      /kind: GatewayClass\nmetadata:\n {2}name: edge\n(.*\n)+?spec:\n {2}controllerName: example\.com\/edge$/m,
    );
  });

  it('writes names that look like numbers or booleans as texts', async () => {
    const { out } = await run('--namespace', 'no', '--class', '123');
    assert.match(out, /^ {2}name: "no"$/m);
    assert.match(out, /^ {2}name: "123"$/m);
    assert.doesNotMatch(out, /namespace: no$/m);
  });

  it('adds agents of the mesh when asked to, with the image and in a namespace that permits them', async () => {
    assert.doesNotMatch((await run()).out, /daemun-mesh/);
    const { out } = await run('--mesh', '--namespace', 'edge', '--image', 'example.com/d:1');
    const objects = parseAllDocuments(out).map(document => document.toJS());
    const agents = objects.find(({ kind }) => kind === 'DaemonSet');
    assert.equal(agents.metadata.namespace, 'edge');
    assert.equal(agents.spec.template.spec.containers[0].image, 'example.com/d:1');
    assert.equal(objects[0].metadata.labels['pod-security.kubernetes.io/enforce'], 'privileged');
    assert.doesNotMatch(out, /nothing that this standard forbids|daemun-system/);
    assert.match(out, /--controller-name=daemun\.dev\/mesh-controller$/m);
  });

  it('makes no class when there is to be none', async () => {
    assert.doesNotMatch((await run('--class', 'none')).out, /kind: GatewayClass/);
  });

  for (const [args, message] of [
    [['--namespace', 'A b'], /--namespace A b: no name of a namespace/],
    [['--class', 'Edge'], /--class Edge: no name of a GatewayClass/],
    [['--controller-name', 'daemun'], /--controller-name daemun: a domain and a path are needed\nExample/],
    [['--image', 'a b'], /--image a b: no name of an image/],
    [['--replicas', '0'], /a whole number, 1 to 9999, is needed/],
    [['--dry-run'], /--dry-run, --force, --wait, --kubeconfig and --context are for --apply\nAdd --apply/],
    [['--apply', '--dry-run', '--wait'], /--wait: nothing is made in a --dry-run/],
    [['--apply', '--wait', 'long'], /--wait long: a duration of at most 24h is needed\nExample/],
  ] as const) {
    it(`refuses ${args.join(' ')}`, async () => {
      const { code, err } = await run(...args);
      assert.equal(code, 2);
      assert.match(err, message);
    });
  }
});

describe('daemun install --apply', () => {
  it('applies all objects, strictly, and says what to do next', async t => {
    const { api, apply } = await cluster(t);
    const { code, out } = await apply();
    assert.equal(code, 0);
    assert.match(out, /^Namespace daemun-system created$/m);
    assert.match(out, /^Deployment daemun-system\/daemun created$/m);
    assert.match(out, /Next:\n {2}kubectl --namespace daemun-system rollout status deployment\/daemun/);
    assert.match(out, /The image is of no registry/);
    assert.equal(
      api.writes[0],
      'PATCH /api/v1/namespaces/daemun-system?fieldManager=daemun-install&force=false&fieldValidation=Strict',
    );
    assert.ok(api.objects.has(DEPLOYMENT));
  });

  it('says the second time that nothing changed, and later which fields did', async t => {
    const { apply } = await cluster(t);
    await apply();
    assert.doesNotMatch((await apply()).out, /created|changed:/);
    const { out } = await apply('--replicas', '7', '--image', 'example.com/daemun:2');
    assert.match(
      out,
      /^Deployment daemun-system\/daemun changed: spec\.replicas 2 → 7; spec\.template\.spec\.containers\[0\]\.image localhost\/daemun:\S+ → example\.com\/daemun:2$/m,
    );
    assert.doesNotMatch(out, /no registry/);
  });

  it('changes nothing in a dry run, in a namespace that is not there yet either', async t => {
    const { api, apply } = await cluster(t);
    const { code, out } = await apply('--dry-run');
    assert.equal(code, 0);
    assert.match(out, /^Deployment daemun-system\/daemun created \(dry run\)$/m);
    assert.ok(api.writes.every(write => write.includes('dryRun=All')));
    assert.equal(api.objects.size, 0);
    assert.doesNotMatch(out, /Next:/);
  });

  it('applies nothing where the Gateway API is missing, and says how to install it', async t => {
    const { api, apply } = await cluster(t);
    api.missing.add('gateway.networking.k8s.io');
    const { code, err } = await apply();
    assert.equal(code, 3);
    assert.match(err, /has no kind GatewayClass of gateway\.networking\.k8s\.io\/v1; nothing was applied/);
    assert.match(err, /kubectl apply --server-side -f https:\/\/github\.com\/kubernetes-sigs\/gateway-api\/\S+\.yaml/);
    assert.deepEqual(api.writes, []);
  });

  it('leaves an installation in another namespace its rights', async t => {
    const { api, apply } = await cluster(t);
    await apply();
    const before = api.writes.length;
    const { code, err } = await apply('--namespace', 'edge');
    assert.equal(code, 3);
    assert.match(
      err,
      /installed in the namespace daemun-system; nothing was applied\nName it \(--namespace daemun-system\)/,
    );
    assert.equal(api.writes.length, before);
  });

  it('applies nothing where it may not see whether another one is installed', async t => {
    const { api, apply } = await cluster(t);
    api.unreadable.set('/clusterrolebindings/daemun', 403);
    const { code, err } = await apply();
    assert.equal(code, 3);
    assert.match(
      err,
      /does not say whether daemun is installed already: 403; nothing was applied\n.*cluster administrator/,
    );
    assert.deepEqual(api.writes, []);
  });

  for (const status of [429, 503])
    it(`has nothing to say of what was applied where that is answered with ${status}`, async t => {
      const { api, apply } = await cluster(t);
      api.unreadable.set('/clusterrolebindings/daemun', status);
      const { code, err } = await apply();
      assert.equal(code, 3);
      assert.match(err, new RegExp(`installed already: ${status}; nothing was applied\n$`));
    });

  for (const [path, name] of [
    ['/deployments/daemun', 'Deployment daemun-system/daemun'],
    ['/daemonsets/daemun-mesh', 'DaemonSet daemun-system/daemun-mesh'],
  ] as const)
    it(`leaves what a release of Helm has made to Helm: ${name}`, async t => {
      const { api, apply } = await cluster(t);
      const metadata = { name: 'x', annotations: { 'meta.helm.sh/release-name': 'edge' } };
      api.objects.set(`/apis/apps/v1/namespaces/daemun-system${path}`, { metadata });
      for (const more of [[], ['--mesh'], ['--force']]) {
        const { code, err } = await apply(...more);
        assert.equal(code, 3);
        assert.match(
          err,
          new RegExp(`${name} is of the Helm release edge; nothing was applied\\nUpgrade that: helm upgrade edge `),
        );
        assert.match(err, /helm uninstall edge --namespace daemun-system$/m);
      }
      assert.deepEqual(api.writes, []);
    });

  it('does not take the right to be there from agents of the mesh', async t => {
    const { api, apply } = await cluster(t);
    assert.equal((await apply('--mesh')).code, 0);
    const before = api.writes.length;
    const { code, err } = await apply('--image', 'example.com/daemun:2');
    assert.equal(code, 3);
    assert.match(
      err,
      /daemun-system has agents of the mesh.*nothing was applied\nAdd --mesh: daemun install --apply --mesh --namespace daemun-system;/,
    );
    assert.equal(api.writes.length, before);
    assert.equal((await apply('--mesh', '--image', 'example.com/daemun:2')).code, 0);
  });

  it('waits until all of it serves, and says how far it is', async t => {
    const { api, apply } = await cluster(t);
    const generation = { observedGeneration: 1 };
    api.statuses.set('/deployments/daemun', { ...generation, replicas: 2, updatedReplicas: 2, availableReplicas: 2 });
    const agents = { desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 3 };
    api.statuses.set('/daemonsets/daemun-mesh', { ...generation, ...agents });
    api.statuses.set('/gatewayclasses/daemun', { conditions: [{ type: 'Accepted', status: 'True' }] });
    const { code, out } = await apply('--mesh', '--wait');
    assert.equal(code, 0);
    assert.match(out, /^Deployment daemun-system\/daemun: 2 of 2 Pods are ready$/m);
    assert.match(out, /^DaemonSet daemun-system\/daemun-mesh: 3 of 3 Pods are ready$/m);
    assert.match(out, /^GatewayClass daemun: accepted$/m);
    assert.doesNotMatch(out, /Next:/);
  });

  it('says what is stuck, and why, when it waited long enough', async t => {
    const { api, apply } = await cluster(t);
    api.statuses.set('/deployments/daemun', { observedGeneration: 1, replicas: 2, updatedReplicas: 2 });
    const waiting = { reason: 'ErrImageNeverPull', message: 'the image is not there' };
    api.objects.set('/api/v1/namespaces/daemun-system/pods', {
      items: [
        { metadata: { name: 'daemun-1' }, status: { phase: 'Pending', containerStatuses: [{ state: { waiting } }] } },
      ],
    });
    api.objects.set('/api/v1/namespaces/daemun-system/events', { items: [{ type: 'Warning', message: 'over quota' }] });
    const { code, err } = await apply('--wait', '0s');
    assert.equal(code, 1);
    assert.match(
      err,
      /Deployment daemun-system\/daemun is stuck\n {2}Pod daemun-1: ErrImageNeverPull: the image is not there\n {2}over quota\n/,
    );
    assert.match(err, /after 0s not all of it serves: Deployment daemun-system\/daemun, GatewayClass daemun\n/);
    assert.match(err, /kubectl --namespace daemun-system describe deployment daemun/);
    const events = api.reads.find(read => read.includes('/events')) ?? '';
    assert.equal(
      new URL(events.slice('GET '.length), api.url).searchParams.get('fieldSelector'),
      'involvedObject.kind=Deployment,involvedObject.name=daemun',
    );
  });

  it('goes on waiting where the API server does not answer for a while', async t => {
    const { api, apply } = await cluster(t);
    const pods = { replicas: 2, updatedReplicas: 2, availableReplicas: 2 };
    api.statuses.set('/deployments/daemun', { observedGeneration: 1, ...pods });
    api.silences.set('/deployments/daemun', 3);
    const { code, out } = await apply('--class', 'none', '--wait');
    assert.equal(code, 0);
    assert.match(
      out,
      /^Deployment daemun-system\/daemun: it cannot be read: .+\n(.*\n)*Deployment daemun-system\/daemun: 2 of 2 Pods/m,
    );
  });

  it('says what is stuck though the API server does not answer any more', async t => {
    const { api, apply } = await cluster(t);
    api.objects.set('/api/v1/namespaces/daemun-system/pods', { items: [] });
    for (const end of ['/deployments/daemun', '/pods']) api.silences.set(end, Number.POSITIVE_INFINITY);
    const { code, err } = await apply('--class', 'none', '--wait', '0s');
    assert.equal(code, 1);
    assert.match(err, /Deployment daemun-system\/daemun is stuck\n {2}\S.*127\.0\.0\.1.*\n/);
    assert.match(err, /after 0s not all of it serves: Deployment daemun-system\/daemun\n/);
  });

  for (const [status, hint] of [
    [403, /rights of a cluster administrator/],
    [409, /--force takes them over/],
    [422, /What was applied before it stays/],
  ] as const) {
    it(`names the object that is refused with ${status}, and what to do`, async t => {
      const { api, apply } = await cluster(t);
      api.refusals.set('/deployments/daemun', [status, 'because so']);
      const { code, err } = await apply();
      assert.equal(code, 1);
      assert.match(err, new RegExp(`refuses Deployment daemun-system/daemun: ${status} because so`));
      assert.match(err, hint);
    });
  }

  it('does not say of a dry run that something was applied', async t => {
    const { api, apply } = await cluster(t);
    api.refusals.set('/namespaces/daemun-system', [422, 'because so']);
    const { code, err } = await apply('--dry-run');
    assert.equal(code, 1);
    assert.match(err, /refuses Namespace daemun-system: 422 because so\n$/);
  });

  it('takes over the fields of others only when it is told', async t => {
    const { api, apply } = await cluster(t);
    await apply('--force');
    assert.ok(api.writes.every(write => write.includes('force=true')));
  });

  it('says that a cluster cannot be reached', async () => {
    const { code, err } = await run('--apply', '--kubeconfig', kubeconfigFile('http://127.0.0.1:1'));
    assert.equal(code, 3);
    assert.match(err, /127\.0\.0\.1:1/);
  });
});
