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

/** Of one namespace: who refers → what to, as `Kind.group/name`; without a name, any. */
type Permissions = ReadonlyMap<string, ReadonlySet<string>>;

/** What a grant says that names nothing. One that names `*` names an object that cannot be. */
const ANY_NAME = '';

/**
 * Indexes the grants by the namespace they protect, each when it is first asked for. Entries are ORed (ReferenceGrant spec). What a
 * question costs does not grow with the grants: there may be as many as their namespace's owner likes.
 */
export function indexGrants(resources: Pick<ResourceSet, 'referenceGrants'>): ReferenceGrants {
  const byNamespace = Map.groupBy(resources.referenceGrants.values(), ({ metadata }) => metadata.namespace);
  const known = new Map<string, Permissions>();
  const permissionsOf = (namespace: string): Permissions => {
    let permissions = known.get(namespace);
    if (permissions === undefined) {
      permissions = permissionsIn(byNamespace.get(namespace) ?? []);
      known.set(namespace, permissions);
    }
    return permissions;
  };
  return {
    permits(from, to) {
      if (from.namespace === to.namespace) return true;
      if (!byNamespace.has(to.namespace)) return false;
      const targets = permissionsOf(to.namespace).get(referrerKey(from));
      return targets !== undefined && (targets.has(targetKey(to, ANY_NAME)) || targets.has(targetKey(to, to.name)));
    },
  };
}

function permissionsIn(grants: readonly ReferenceGrant[]): Permissions {
  const permissions = new Map<string, Set<string>>();
  for (const { spec } of grants) {
    for (const from of spec.from) {
      const key = referrerKey(from);
      const targets = permissions.get(key) ?? new Set();
      permissions.set(key, targets);
      for (const to of spec.to) targets.add(targetKey(to, to.name ?? ANY_NAME));
    }
  }
  return permissions;
}

function referrerKey({ group, kind, namespace }: GrantFrom): string {
  return `${kind}.${group}/${namespace}`;
}

function targetKey({ group, kind }: Pick<GrantTo, 'group' | 'kind'>, name: string): string {
  return `${kind}.${group}/${name}`;
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
