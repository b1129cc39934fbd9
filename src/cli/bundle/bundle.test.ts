// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { parseTar } from 'nanotar';
import { createLog, startStandalone } from '../../controller/index.ts';
import { selfSignedCertificate } from '../../demo/index.ts';
import { FakeApi } from '../../store/kubernetes/fake-api.test-support.ts';
import { kubeconfigFile } from '../../store/kubernetes/kubeconfig-file.test-support.ts';
import { freePort } from '../manifests.test-support.ts';
import { runProgram } from '../program.ts';
import { recordingTerminal } from '../recording-terminal.test-support.ts';

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'daemun-bundle-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = recordingTerminal();
  const code = await runProgram(args, terminal);
  return { code, out: terminal.stdout(), err: terminal.stderr() };
}

/** Text by name, without the folder. */
function unpack(file: string): ReadonlyMap<string, string> {
  // A copy: the parser reads the memory below.
  const files = parseTar(Uint8Array.from(gunzipSync(readFileSync(file))));
  return new Map(files.map(({ name, text }) => [name.replace(/^[^/]*\//, ''), text]));
}

/** Each a word of its own, so that it is found wherever it comes out. */
const PLANTED = [
  ...[
    'OpaqueSecret81',
    'StringData82',
    'SecretAnnotation83',
    'LastApplied84',
    'ConfigMap85',
    'Variable86',
    'Argument87',
  ],
  ...[
    'SetHeader88',
    'AddHeader89',
    'MatchHeader90',
    'MatchParam91',
    'Annotation92',
    'Rewritten93',
    'UserInfo94',
    'Query95',
  ],
  ...['AskedHeader96', 'Literal97x', 'Cookie98x'],
];

/** A secret as it may stand in a file: itself, in base64 at each of three places, in hexadecimal, percent-encoded. */
function formsOf(secret: string): string[] {
  const base64 = ['', 'x', 'xx'].map(before =>
    Buffer.from(`${before}${secret}`)
      .toString('base64')
      .slice(before.length === 0 ? 0 : 4)
      .replace(/.{0,4}$/, ''),
  );
  return [
    secret,
    ...base64.filter(text => text.length > 6),
    Buffer.from(secret).toString('hex'),
    encodeURIComponent(secret),
  ];
}

function manifests(port: number, key: string, chain: string): string {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  return `
apiVersion: v1
kind: Secret
metadata:
  name: opaque
  annotations:
    example.com/whatever: SecretAnnotation83
    kubectl.kubernetes.io/last-applied-configuration: '{"data":{"a":"LastApplied84"}}'
data: { a: ${base64('OpaqueSecret81')} }
stringData: { b: StringData82 }
---
apiVersion: v1
kind: Secret
metadata: { name: tls }
type: kubernetes.io/tls
data: { tls.crt: ${base64(chain)}, tls.key: ${base64(key)} }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, annotations: { kubectl.kubernetes.io/last-applied-configuration: LastApplied84 } }
data: { database: 'postgres://app:UserInfo94@db/x', other: ConfigMap85, ca.crt: ${JSON.stringify(chain)} }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: app }
spec:
  selector: { matchLabels: { app: app } }
  template:
    metadata: { labels: { app: app } }
    spec:
      containers: [{ name: app, args: [--password=Argument87], env: [{ name: PLAIN, value: Variable86 }] }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: gw, annotations: { example.com/api-token: Annotation92 } }
spec:
  gatewayClassName: daemun
  listeners:
    - { name: https, port: ${port}, protocol: HTTPS, tls: { certificateRefs: [{ name: tls }] } }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: r, annotations: { example.com/hook: 'https://hook:UserInfo94@example.com/?token=Query95' } }
spec:
  parentRefs: [{ name: gw }]
  rules:
    - matches:
        - headers: [{ name: authorization, value: Bearer MatchHeader90 }, { name: env, value: canary }]
          queryParams: [{ name: access_token, value: MatchParam91 }]
      filters:
        - type: RequestHeaderModifier
          requestHeaderModifier:
            set: [{ name: Authorization, value: Bearer SetHeader88 }]
            add: [{ name: X-Api-Key, value: AddHeader89 }, { name: Cookie, value: id=Cookie98x }]
        - type: URLRewrite
          urlRewrite: { path: { type: ReplaceFullPath, replaceFullPath: '/in;token=Rewritten93' } }
      backendRefs: [{ name: nobody, port: 80 }]
`;
}

describe('daemun bundle', () => {
  it('has what a process knows of itself, and no secret', { timeout: 60_000 }, async t => {
    const folder = folderOf(t);
    const { key, chain } = await selfSignedCertificate([{ kind: 'dns', text: 'localhost' }], {
      nowMs: Date.now(),
      days: 90,
    });
    writeFileSync(join(folder, 'all.yaml'), manifests(await freePort(), key, chain));
    const log = createLog({ level: 'debug', format: 'json', colours: false, write: () => undefined });
    const gateway = await startStandalone({
      ...{ paths: [join(folder, 'all.yaml')], address: '127.0.0.1', stateDirectory: folder, log },
      admin: { host: '127.0.0.1', port: 0 },
    });
    t.after(() => gateway.close());
    log.info('asked', { path: '/x?token=Query95&other=AskedHeader96', header: 'Bearer AskedHeader96' });
    log.warn('told', { error: 'secret=Literal97x was refused' });
    const file = join(folder, 'b.tar.gz');
    const { code, out, err } = await run('bundle', '--admin', gateway.adminAddress ?? '', '--out', file);
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /b\.tar\.gz \(\d+ KiB\)/);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const files = unpack(file);
    assert.deepEqual(
      [...files.keys()].sort(),
      [
        'README.txt',
        'config.json',
        'findings.json',
        'log.ndjson',
        'metrics.txt',
        'process.json',
        'resources.json',
        'status.json',
      ].sort(),
    );
    const all = [...files.values()].join('\n');
    for (const secret of PLANTED)
      for (const form of formsOf(secret)) assert.ok(!all.includes(form), `${secret} stands in it as ${form}`);
    const body = key.replace(/-----[^-]*-----/g, '').trim();
    for (const line of body.split('\n')) assert.ok(!all.includes(line), 'a line of the private key');
    assert.ok(!all.includes(Buffer.from(key).toString('base64').slice(40, 80)));
    // What is no secret is there.
    assert.ok(JSON.parse(files.get('config.json') ?? '').certificates[0].chain.includes('BEGIN CERTIFICATE'));
    for (const word of ['canary', 'X-Api-Key', 'default/tls', 'backend-not-found']) assert.ok(all.includes(word), word);
    assert.match(files.get('metrics.txt') ?? '', /^daemun_build_info\{version="/m);
    assert.match(files.get('log.ndjson') ?? '', /"path":"\/x\?\[redacted\]".*"msg":"asked"/);
  });

  it('does not write over a file', async t => {
    const folder = folderOf(t);
    writeFileSync(join(folder, 'b'), 'mine');
    const { code, err } = await run('bundle', '--admin', '127.0.0.1:1', '--out', join(folder, 'b'));
    assert.equal(code, 3);
    assert.match(err, /is there already/);
    assert.equal(readFileSync(join(folder, 'b'), 'utf8'), 'mine');
  });

  it('has of a cluster what was read, and what each Pod says, or its log', { timeout: 60_000 }, async t => {
    const folder = folderOf(t);
    const api = await FakeApi.start(t);
    const spec = { containers: [{ name: 'c', env: [{ name: 'X', value: 'Variable86' }], args: ['Argument87'] }] };
    const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
    for (const name of ['a', 'b']) api.put({ kind: 'Pod', namespace: 'daemun-system', name, spec, status });
    const mesh = {
      containers: [{ name: 'c', args: ['run', '--mesh', '--controller-name=daemun.dev/mesh-controller'] }],
    };
    api.put({ kind: 'Pod', namespace: 'daemun-system', name: 'agent', spec: mesh, status });
    api.put({ kind: 'Secret', namespace: 'default', name: 's', data: { 'tls.key': 'T3BhcXVlU2VjcmV0ODE=' } });
    const pods = '/api/v1/namespaces/daemun-system/pods';
    api.answers.set(`${pods}/a:9900/proxy/bundle`, [{ name: 'status.json', text: '{"from":"a"}' }]);
    api.answers.set(`${pods}/b:9900/proxy/bundle`, 503);
    api.answers.set(`${pods}/b/log`, { msg: 'crashed', path: '/x?Query95' });
    const file = join(folder, 'c.tar.gz');
    const flags = ['--kubeconfig', kubeconfigFile(api.access.server, 'none'), '--context', 'here'];
    const { code, err } = await run('bundle', ...flags, '--out', file);
    assert.equal(code, 0);
    assert.match(err, /^missing: Pod daemun-system\/b cannot be asked: 503/m);
    const listed = api.requests.filter(request => /^GET \/api\/v1\/pods\?.*name%3Ddaemun/.test(request));
    assert.equal(listed.length, 1, 'Pods are listed once');
    assert.ok(!api.requests.some(request => request.includes('/pods/agent')), 'Pods of others are not asked');
    const files = unpack(file);
    assert.equal(files.get('pod-0-a/status.json'), '{"from":"a"}');
    assert.match(files.get('pod-1-b/log.ndjson') ?? '', /crashed/);
    assert.match(files.get('README.txt') ?? '', /Missing:\n {2}Pod daemun-system\/b/);
    assert.ok(files.has('resources.json') && files.has('findings.json') && files.has('pods.json'));
    const all = [...files.values()].join('\n');
    for (const secret of PLANTED) for (const form of formsOf(secret)) assert.ok(!all.includes(form), secret);
  });
});
