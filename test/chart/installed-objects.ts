// SPDX-License-Identifier: Apache-2.0

/** The objects of `packaging/kubernetes/install.yaml`. */
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { INSTALL_FILE } from '../../tools/manifests/rendered-chart.ts';

export interface InstalledObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly rules?: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
    readonly resourceNames?: readonly string[];
  }[];
  // biome-ignore lint/suspicious/noExplicitAny: each kind has its own
  readonly spec?: any;
}

export const INSTALLED: readonly InstalledObject[] = parseAllDocuments(readFileSync(INSTALL_FILE, 'utf8')).map(
  document => document.toJS(),
);

/** @throws Error when there is none. */
export function installed(kind: string, name = 'daemun'): InstalledObject {
  const found = INSTALLED.find(object => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`${INSTALL_FILE} has no ${kind} ${name}`);
  return found;
}
