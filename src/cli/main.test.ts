// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';

const BIN = join(import.meta.dirname, '../../bin/daemun');
const OBJECTS = 2000;

it('writes all of a long output into a pipe before it ends', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'daemun-main-'));
  try {
    const kind = 'apiVersion: gateway.networking.k8s.io/v1\nkind: GatewayClass\n';
    const objects = Array.from({ length: OBJECTS }, (_, at) => `${kind}metadata: { name: c${at} }\nspec: {}\n`);
    writeFileSync(join(folder, 'all.yaml'), objects.join('---\n'));
    const findings: unknown = JSON.parse(await check(folder));
    assert.ok(Array.isArray(findings));
    assert.equal(findings.length, OBJECTS);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function check(folder: string): Promise<string> {
  const options = { maxBuffer: 64 * 1024 * 1024 };
  return new Promise(resolve => {
    execFile(process.execPath, [BIN, 'check', '-f', folder, '-o', 'json'], options, (_, out) => resolve(out));
  });
}
