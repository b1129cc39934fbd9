// SPDX-License-Identifier: Apache-2.0

/** The HTTP/2 conformance suite against `Http2Connection`. Skipped where the h2spec program is not installed. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { webcrypto } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createServers, listen } from './server.ts';

const PROGRAM = ['h2spec', join(homedir(), 'go/bin/h2spec')].find(path => spawnSync(path, ['--version']).status === 0);
const skip =
  PROGRAM === undefined ? 'h2spec is not installed (go install github.com/summerwind/h2spec/cmd/h2spec@latest)' : false;

async function selfSigned(): Promise<{ key: string; cert: string }> {
  await import('reflect-metadata'); // the next one does not load without it
  const { PemConverter, X509CertificateGenerator } = await import('@peculiar/x509');
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const cert = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=localhost',
    keys,
    signingAlgorithm: algorithm,
  });
  const key = PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  return { key, cert: cert.toString('pem') };
}

/** The last line of a run: `146 tests, 146 passed, 0 skipped, 0 failed`. */
async function run(port: number, ...flags: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(PROGRAM ?? '', ['-h', '127.0.0.1', '-p', String(port), '-o', '2', '-S', ...flags]);
  let output = '';
  child.stdout.on('data', chunk => {
    output += chunk;
  });
  const code = await new Promise<number | null>(resolve => child.on('close', resolve));
  return { code, output };
}

describe('h2spec, all groups, strict', { skip }, () => {
  it('passes in full over cleartext and TLS', async t => {
    const [plain, tls] = createServers(await selfSigned());
    t.after(() => {
      plain.close();
      tls.close();
    });
    const results = [await run(await listen(plain)), await run(await listen(tls), '-t', '-k')];
    for (const { code, output } of results) {
      assert.equal(code, 0, output);
      assert.match(output, /(\d+) tests, \1 passed, 0 skipped, 0 failed/);
    }
  });
});
