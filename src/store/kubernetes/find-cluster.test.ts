// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { certificate } from '../../proxy/listeners/certificate.test-support.ts';
import { execCredential } from './exec-credential.ts';
import { findCluster } from './find-cluster.ts';
import { inClusterAccess } from './in-cluster.ts';
import { readKubeconfig } from './kubeconfig.ts';

function folderOf(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'daemun-kubeconfig-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** A kubeconfig with one user. */
const config = (user: object, cluster: object = {}): string =>
  JSON.stringify({
    'current-context': 'here',
    contexts: [
      { name: 'here', context: { cluster: 'c', user: 'u', namespace: 'team' } },
      { name: 'other', context: { cluster: 'c', user: 'nobody' } },
    ],
    clusters: [{ name: 'c', cluster: { server: 'https://192.0.2.1:6443/', ...cluster } }],
    users: [
      { name: 'u', user },
      { name: 'nobody', user: {} },
    ],
  });

const wallMs = (): number => 0;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('a kubeconfig', () => {
  it('says where the server is and how its certificate is judged', t => {
    const folder = folderOf(t, {
      'ca.pem': 'CA',
      config: config({}, { 'certificate-authority': 'ca.pem', 'tls-server-name': 'kubernetes' }),
    });
    const access = readKubeconfig({ file: join(folder, 'config'), context: null, wallMs });
    const { server, ca, verify, serverName, namespace } = access;
    assert.deepEqual(
      { server, ca: ca(), verify, serverName, namespace },
      { server: 'https://192.0.2.1:6443', ca: 'CA', verify: true, serverName: 'kubernetes', namespace: 'team' },
    );
  });

  for (const [what, user, authorization, certificate] of [
    ['a token', { token: 't' }, 'Bearer t', null],
    ['a name and a password', { username: 'n', password: 'p' }, `Basic ${base64('n:p')}`, null],
    ['a token in a file', { tokenFile: 'token' }, 'Bearer from-file', null],
    ['a certificate', { 'client-certificate-data': base64('C'), 'client-key': 'key' }, null, { cert: 'C', key: 'K' }],
    ['nothing', {}, null, null],
  ] as const) {
    it(`proves who we are by ${what}`, async t => {
      const folder = folderOf(t, { token: 'from-file\n', key: 'K', config: config(user) });
      const access = readKubeconfig({ file: join(folder, 'config'), context: null, wallMs });
      assert.deepEqual(await access.prove(false), { authorization, certificate });
    });
  }

  it('reads a token again when time has passed or the server refuses it', async t => {
    const folder = folderOf(t, { token: 'one', config: config({ tokenFile: 'token' }) });
    let now = 0;
    const { prove } = readKubeconfig({ file: join(folder, 'config'), context: null, wallMs: () => now });
    await prove(false);
    writeFileSync(join(folder, 'token'), 'two');
    assert.equal((await prove(false)).authorization, 'Bearer one');
    assert.equal((await prove(true)).authorization, 'Bearer two');
    writeFileSync(join(folder, 'token'), 'three');
    now += 61_000;
    assert.equal((await prove(false)).authorization, 'Bearer three');
    rmSync(join(folder, 'token'));
    await assert.rejects(prove(true), { code: 'kubernetes/credentials' });
  });

  it('goes on with the token that it has while its file cannot be read, or is empty', async t => {
    const folder = folderOf(t, { token: 'one', config: config({ tokenFile: 'token' }) });
    let now = 0;
    const { prove } = readKubeconfig({ file: join(folder, 'config'), context: null, wallMs: () => now });
    await prove(false);
    writeFileSync(join(folder, 'token'), '');
    now += 61_000;
    assert.equal((await prove(false)).authorization, 'Bearer one');
    rmSync(join(folder, 'token'));
    now += 61_000;
    assert.equal((await prove(false)).authorization, 'Bearer one');
    writeFileSync(join(folder, 'token'), 'two');
    now += 61_000;
    assert.equal((await prove(false)).authorization, 'Bearer two');
  });

  it('reads certificates in files again when time has passed or the server refuses one, once both files fit', async t => {
    const [one, two, three] = await Promise.all(['1', '2', '3'].map(id => certificate(id, ['a.test'])));
    assert.ok(one !== undefined && two !== undefined && three !== undefined);
    const user = { 'client-certificate': 'cert', 'client-key': 'key' };
    const text = config(user, { 'certificate-authority': 'ca' });
    const folder = folderOf(t, { cert: one.chain, key: one.key, ca: 'CA', config: text });
    const write = (name: string, content: string): void => writeFileSync(join(folder, name), content);
    let now = 0;
    const { prove, ca } = readKubeconfig({ file: join(folder, 'config'), context: null, wallMs: () => now });
    const first = (await prove(false)).certificate;
    assert.deepEqual(first, { cert: one.chain, key: one.key });
    assert.equal((await prove(true)).certificate, first, 'the same while they are the same');
    write('cert', two.chain);
    assert.equal((await prove(true)).certificate, first, 'its key is not there yet');
    write('key', two.key);
    write('ca', 'CA2');
    assert.equal((await prove(true)).certificate?.cert, two.chain);
    write('cert', three.chain);
    write('key', three.key);
    assert.equal((await prove(false)).certificate?.cert, two.chain);
    assert.equal(ca(), 'CA');
    now += 61_000;
    assert.equal((await prove(false)).certificate?.cert, three.chain);
    assert.equal(ca(), 'CA2');
  });

  it('asks a credential plugin, and asks it again when its answer ends or is refused', async t => {
    const plugin = `#!/bin/sh
count=$(cat "$COUNT" 2>/dev/null || echo 0); count=$((count + 1)); echo $count > "$COUNT"
echo "{\\"status\\":{\\"token\\":\\"$1-$count\\",\\"expirationTimestamp\\":\\"1970-01-01T01:00:00Z\\"}}"
`;
    const folder = folderOf(t, { plugin });
    chmodSync(join(folder, 'plugin'), 0o755);
    const exec = { command: './plugin', args: ['t'], env: [{ name: 'COUNT', value: join(folder, 'count') }] };
    writeFileSync(join(folder, 'config'), config({ exec }));
    let now = 0;
    const { prove } = readKubeconfig({ file: join(folder, 'config'), context: null, wallMs: () => now });
    const tokens = await Promise.all([prove(false), prove(false)]);
    assert.deepEqual(
      tokens.map(({ authorization }) => authorization),
      ['Bearer t-1', 'Bearer t-1'],
    );
    assert.equal((await prove(false)).authorization, 'Bearer t-1');
    for (let kind = 0; kind < 3; kind++)
      assert.equal((await prove(true)).authorization, 'Bearer t-1', 'all kinds ask, and it was only just asked');
    now += 5_000;
    assert.equal((await prove(true)).authorization, 'Bearer t-2');
    now = 59.5 * 60_000;
    assert.equal((await prove(false)).authorization, 'Bearer t-3');
    now += 14_000;
    assert.equal((await prove(false)).authorization, 'Bearer t-3', 'not for each request, however soon it ends');
    now += 2_000;
    assert.equal((await prove(false)).authorization, 'Bearer t-4');
  });

  it('asks a credential plugin that fails once in five seconds, however many ask', async t => {
    const plugin = '#!/bin/sh\necho >> "$RUNS"\nexit 1\n';
    const folder = folderOf(t, { plugin, runs: '' });
    chmodSync(join(folder, 'plugin'), 0o755);
    const exec = { command: './plugin', env: [{ name: 'RUNS', value: join(folder, 'runs') }] };
    writeFileSync(join(folder, 'config'), config({ exec }));
    let now = 0;
    const { prove } = readKubeconfig({ file: join(folder, 'config'), context: null, wallMs: () => now });
    const runs = (): number => readFileSync(join(folder, 'runs'), 'utf8').length;
    for (const isRefused of [false, true, false, true])
      await assert.rejects(prove(isRefused), { code: 'kubernetes/credentials' });
    assert.equal(runs(), 1);
    now += 5_000;
    await Promise.all([1, 2, 3].map(() => assert.rejects(prove(false), { code: 'kubernetes/credentials' })));
    assert.equal(runs(), 2);
  });

  it('ends a credential plugin that does not answer, nor ends when it is asked to', async t => {
    const plugin = "#!/bin/sh\ntrap '' TERM\nexec sleep 300\n";
    const folder = folderOf(t, { plugin });
    chmodSync(join(folder, 'plugin'), 0o755);
    const prove = execCredential({ command: './plugin' }, { certificate: () => null, folder, wallMs, timeoutMs: 50 });
    await assert.rejects(prove(false), { code: 'kubernetes/credentials' });
  });

  it('says that the answer of a credential plugin has no time where one should be', async t => {
    const plugin = `#!/bin/sh\necho '{"status":{"token":"t","expirationTimestamp":"soon"}}'\n`;
    const folder = folderOf(t, { plugin, config: config({ exec: { command: './plugin' } }) });
    chmodSync(join(folder, 'plugin'), 0o755);
    const { prove } = readKubeconfig({ file: join(folder, 'config'), context: null, wallMs });
    await assert.rejects(prove(false), { code: 'kubernetes/credentials', message: /"soon"/ });
  });

  it('says what it cannot do with one', async t => {
    const cases: readonly (readonly [string, RegExp])[] = [
      ['{', /line 1, column 2$/],
      ['[]', /not a mapping/],
      [config({}).replace('"here"', '"gone"'), /no context "gone"/],
      [config({}, { server: 'ftp://x' }), /not the URL/],
      [config({}, { server: 'https://:6443' }), /not the URL/],
      [config({}, { 'proxy-url': 'http://p' }), /proxy-url/],
      [config({ 'auth-provider': { name: 'gcp' } }), /auth-provider/],
      [config({}, { 'certificate-authority': 'missing.pem' }), /missing\.pem/],
    ];
    for (const [text, message] of cases) {
      const file = join(folderOf(t, { config: text }), 'config');
      const read = () => readKubeconfig({ file, context: null, wallMs });
      assert.throws(read, { code: 'kubernetes/kubeconfig', message });
    }
    const none = () => readKubeconfig({ file: '/nowhere/config', context: null, wallMs });
    assert.throws(none, { code: 'kubernetes/kubeconfig', message: '/nowhere/config: there is no such file or folder' });
    const unset = () => readKubeconfig({ file: '', context: null, wallMs });
    assert.throws(unset, { message: 'the kubeconfig "": there is no such file or folder' });
    const exec = join(folderOf(t, { config: config({ exec: { command: '/nowhere/plugin' } }) }), 'config');
    const access = readKubeconfig({ file: exec, context: null, wallMs });
    await assert.rejects(access.prove(false), { code: 'kubernetes/credentials', message: /nowhere/ });
  });
});

describe('where a cluster is looked for', () => {
  it('is the file that was named, KUBECONFIG, then the home folder', t => {
    const folder = folderOf(t, { config: config({}) });
    const file = join(folder, 'config');
    const place = { kubeconfig: null, context: null, environment: {}, home: '/nowhere' };
    assert.equal(findCluster({ ...place, kubeconfig: file }, wallMs).server, 'https://192.0.2.1:6443');
    const environment = { KUBECONFIG: `/nowhere/config:${file}` };
    assert.equal(findCluster({ ...place, environment }, wallMs).server, 'https://192.0.2.1:6443');
    assert.equal(findCluster({ ...place, environment, context: 'other' }, wallMs).namespace, 'default');
    assert.throws(() => findCluster(place, wallMs), {
      code: 'kubernetes/kubeconfig',
      message: /\/nowhere\/\.kube\/config/,
    });
  });

  it('is the own cluster for a Pod', async t => {
    const folder = folderOf(t, { token: 't', 'ca.crt': 'CA', namespace: 'own' });
    const environment = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
    const access = inClusterAccess({ environment, folder, wallMs });
    assert.equal(access?.server, 'https://[fd00::1]:443');
    assert.equal(access?.ca(), 'CA');
    assert.equal(access?.namespace, 'own');
    assert.equal((await access?.prove(false))?.authorization, 'Bearer t');
    assert.equal(inClusterAccess({ environment: {}, folder, wallMs }), undefined);
  });
});
