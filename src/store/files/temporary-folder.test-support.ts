// SPDX-License-Identifier: Apache-2.0

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Store } from '../store.ts';

/** A folder that is gone after the test. */
export function temporaryFolder(test: TestContext, files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'daemun-store-'));
  test.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFiles(folder, files);
  return folder;
}

export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** Resolves once the store's contents fulfil a condition; the test's own time limit is the only one. */
export function until(store: Store, condition: () => boolean): Promise<void> {
  return new Promise(resolve => {
    // The store's timers do not keep a process alive; a test that waits for it must.
    // Not for longer than a test may take: one that fails must not keep the process alive either.
    const alive = setTimeout(() => {}, 30_000);
    const check = () => {
      if (!condition()) return;
      clearTimeout(alive);
      resolve();
    };
    store.onChange(check);
    check();
  });
}

/** A ConfigMap as YAML: the smallest object. */
export function configMap(name: string, value = 'x'): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  key: ${value}\n`;
}

/** A GRPCRoute as YAML. */
export function route(name: string, weight = 1): string {
  return `apiVersion: gateway.networking.k8s.io/v1
kind: GRPCRoute
metadata: {name: ${name}}
spec:
  parentRefs: [{name: gw}]
  rules:
    - backendRefs:
        - {name: svc, port: 80, weight: ${weight}}
`;
}
