// SPDX-License-Identifier: Apache-2.0

/** Whoever may ask the admin address, or read the log, does not learn a key: whatever the page, and whatever is wrong with a Secret. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { parseCertificateHost, selfSignedCertificate } from '../demo/index.ts';
import { createLog } from './log/log.ts';
import { startStandalone } from './start-standalone.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const secret = (name: string, crt: string, key: string): string => `
---
apiVersion: v1
kind: Secret
metadata:
  name: ${name}
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{"data":{"tls.key":"${base64(key)}"}}'
data: { tls.crt: ${base64(crt)}, tls.key: ${base64(key)} }
`;

const listener = (name: string): string =>
  `    - { name: ${name}, port: 8443, protocol: HTTPS, hostname: ${name}.example.com, tls: { certificateRefs: [{ name: ${name} }] } }\n`;

it('no page of the admin address and no line of the log shows a private key', { timeout: 60_000 }, async test => {
  const folder = await mkdtemp(join(tmpdir(), 'daemun-secrets-'));
  test.after(() => rm(folder, { recursive: true }));
  const host = parseCertificateHost('good.example.com');
  assert.ok(host !== undefined);
  const issue = () => selfSignedCertificate([host], { nowMs: Date.now(), days: 1 });
  const [good, other] = await Promise.all([issue(), issue()]);
  const manifests = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: gw }
spec:
  gatewayClassName: daemun
  listeners:
${['good', 'wrong', 'broken'].map(listener).join('')}`;
  const secrets =
    secret('good', good.chain, good.key) +
    secret('wrong', good.chain, other.key) +
    secret('broken', 'no certificate', other.key);
  await writeFile(join(folder, 'all.yaml'), manifests + secrets);

  const lines: string[] = [];
  const running = await startStandalone({
    paths: [folder],
    workers: 0,
    admin: { host: '127.0.0.1', port: 0 },
    ports: 'ephemeral',
    stateDirectory: join(folder, 'state'),
    log: createLog({ level: 'debug', format: 'json', colours: false, write: line => lines.push(line) }),
  });
  test.after(() => running.close());

  const bodies = new Map<string, string>();
  const ask = async (path: string): Promise<string> => {
    const body = await (await fetch(`http://${running.adminAddress}${path}`)).text();
    bodies.set(path, body);
    return body;
  };
  const pages = [...(await ask('/')).matchAll(/href="([^"]+)"/g)].map(([, path = '']) => path);
  assert.ok(pages.length > 6);
  for (const path of [...pages, '/resources/Secret', '/resources/Secret/default/good', '/explain?grpc=a.B/C'])
    await ask(path);

  assert.match(bodies.get('/config') ?? '', /"key": "\[redacted\]"/);
  assert.match(bodies.get('/resources/Secret/default/good') ?? '', /"tls.key": "\[redacted\]"/);
  bodies.set('the log', lines.join('\n'));
  const shown = [...bodies].flatMap(([where, text]) =>
    [good.key, other.key].flatMap(key =>
      partsOf(key)
        .filter(part => text.includes(part))
        .map(() => where),
    ),
  );
  assert.deepEqual(shown, []);
});

/** What would give a PEM key away: lines of its body, and pieces of the base64 of the whole, as Secrets hold it. */
function partsOf(key: string): string[] {
  const lines = key.split('\n').filter(line => line.length > 10 && !line.startsWith('-----'));
  const body = base64(key).slice(60);
  return [...lines, ...Array.from({ length: 3 }, (_, at) => body.slice(60 * at, 60 * at + 60))];
}
