// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

const parent = mkdtempSync(join(tmpdir(), 'daemun-kubeconfigs-'));
// After all tests: what keeps its state beside a kubeconfig writes to it until it has ended.
after(() => rmSync(parent, { recursive: true }));

/** Writes a kubeconfig with one context, `here`: a server that asks for no credentials. The path, in a folder of its own. */
export function kubeconfigFile(server: string, current = 'here'): string {
  const file = join(mkdtempSync(join(parent, 'one-')), 'kubeconfig');
  const config = {
    'current-context': current,
    contexts: [{ name: 'here', context: { cluster: 'here', user: 'me' } }],
    clusters: [{ name: 'here', cluster: { server } }],
    users: [{ name: 'me', user: {} }],
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}
