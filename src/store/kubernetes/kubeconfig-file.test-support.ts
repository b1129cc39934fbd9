// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** Writes a kubeconfig with one context, `here`: a server that asks for no credentials. The path; its folder goes with the test. */
export function kubeconfigFile(t: TestContext, server: string, current = 'here'): string {
  const folder = mkdtempSync(join(tmpdir(), 'daemun-kubeconfig-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'kubeconfig');
  const config = {
    'current-context': current,
    contexts: [{ name: 'here', context: { cluster: 'here', user: 'me' } }],
    clusters: [{ name: 'here', cluster: { server } }],
    users: [{ name: 'me', user: {} }],
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}
