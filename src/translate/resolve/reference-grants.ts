// SPDX-License-Identifier: Apache-2.0

import type { ReferenceGrant, ResourceSet } from '../../resources/index.ts';

/** Who refers: its group, kind and namespace (a grant never names the object). */
export interface GrantFrom {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
}

/** What is referred to. */
export interface GrantTo extends GrantFrom {
  readonly name: string;
}

export interface ReferenceGrants {
  /** True within one namespace, and across namespaces when any grant in the target's namespace says so. */
  permits(from: GrantFrom, to: GrantTo): boolean;
}

/** Indexes the grants by the namespace they protect. Entries are ORed (ReferenceGrant spec). */
export function indexGrants(resources: ResourceSet): ReferenceGrants {
  const byNamespace = new Map<string, ReferenceGrant[]>();
  for (const grant of resources.referenceGrants.values()) {
    const list = byNamespace.get(grant.metadata.namespace);
    if (list === undefined) byNamespace.set(grant.metadata.namespace, [grant]);
    else list.push(grant);
  }
  return {
    permits: (from, to) =>
      from.namespace === to.namespace ||
      (byNamespace.get(to.namespace) ?? []).some(grant => grantPermits(grant, from, to)),
  };
}

function grantPermits(grant: ReferenceGrant, from: GrantFrom, to: GrantTo): boolean {
  const fromTaken = grant.spec.from.some(
    entry => entry.group === from.group && entry.kind === from.kind && entry.namespace === from.namespace,
  );
  return (
    fromTaken &&
    grant.spec.to.some(
      entry =>
        entry.group === to.group &&
        entry.kind === to.kind &&
        (entry.name === undefined || entry.name === '' || entry.name === to.name),
    )
  );
}

/** `core` is what people write for the group of Services; the API calls it ''. For references only: a grant permits what it says, no more. */
export function coreGroup(group: string): string {
  return group === 'core' ? '' : group;
}

/** The exact ReferenceGrant that would permit the reference, as one line of YAML flow style that kubectl takes. */
export function grantToCreate(from: GrantFrom, to: GrantTo): string {
  const name = `allow-${from.namespace}-${from.kind.toLowerCase().replace(/cy$/, 'cie')}s`;
  const fromYaml = `{group: ${from.group}, kind: ${from.kind}, namespace: ${from.namespace}}`;
  const toYaml = `{group: "${to.group}", kind: ${to.kind}, name: ${to.name}}`;
  return (
    `Create in namespace ${to.namespace}: {apiVersion: gateway.networking.k8s.io/v1, kind: ReferenceGrant, ` +
    `metadata: {name: ${name}, namespace: ${to.namespace}}, spec: {from: [${fromYaml}], to: [${toYaml}]}}`
  );
}
