// SPDX-License-Identifier: Apache-2.0
import type { LoopbackMeshOptions } from '../../controller/index.ts';
import { isDnsLabel } from '../../resources/index.ts';
import { compareStrings, parseRange } from '../../values/index.ts';
import { usageError } from '../exit-code.ts';

/** The flags of `run` about Services of manifests, as commander hands them over. */
export interface LoopbackMeshFlags {
  /** `CIDR=NAMESPACE` each. */
  readonly clientNamespace?: readonly string[];
  readonly meshAddressPool?: readonly string[];
}

/** Throws a usage error. */
export function readLoopbackMesh({
  clientNamespace = [],
  meshAddressPool = [],
}: LoopbackMeshFlags): LoopbackMeshOptions {
  const clients = new Map<string, string>();
  for (const [range, namespace] of clientNamespace.map(readClient)) {
    const other = clients.get(range);
    if (other !== undefined && other !== namespace)
      throw usageError(
        `--client-namespace ${range}: a range is of one namespace, and ${other} and ${namespace} are named`,
        'Leave one out, or give each a range of its own; the longest range that holds an address counts',
      );
    clients.set(range, namespace);
  }
  return {
    addressPool: meshAddressPool.map(readPool),
    clients: [...clients]
      .map(([range, namespace]) => ({ range, namespace }))
      .sort((a, b) => compareStrings(a.range, b.range)),
  };
}

function readClient(text: string): readonly [string, string] {
  const [cidr = '', namespace = '', ...rest] = text.split('=');
  const range = parseRange(cidr);
  if (range !== undefined && rest.length === 0 && isDnsLabel(namespace)) return [range, namespace];
  throw usageError(
    `--client-namespace ${text}: a range of addresses and a namespace are needed`,
    'Example: --client-namespace 127.0.0.2/32=fast-clients, then curl --interface 127.0.0.2 …',
  );
}

function readPool(text: string): string {
  const range = parseRange(text);
  if (range !== undefined) return range;
  throw usageError(
    `--mesh-address-pool ${text}: not a range of addresses`,
    'Example: --mesh-address-pool 10.96.0.0/16',
  );
}
