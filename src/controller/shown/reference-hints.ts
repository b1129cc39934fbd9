// SPDX-License-Identifier: Apache-2.0
import type { Finding, ReferenceTarget } from '../../errors/index.ts';
import { RESOURCE_MAPS, type ResourceSet } from '../../resources/index.ts';
import { formatNamespacedName, type NamespacedName, NearbyObjects } from '../../values/index.ts';

/** Kinds that a reference from another namespace needs a ReferenceGrant for. */
const GRANTED_KINDS: ReadonlySet<string> = new Set(['Service', 'Secret']);

const MAPS: Readonly<Record<string, keyof ResourceSet>> = RESOURCE_MAPS;

/**
 * Says what a reference that leads nowhere may mean. Looks into every namespace, so it is for those who may read all
 * manifests: `check`, the log, the admin interface. Never for statuses and answers (docs/decisions/0024).
 */
export class ReferenceHints {
  readonly #resources: ResourceSet;
  /** By kind, made when first asked for. */
  readonly #nearby = new Map<string, NearbyObjects>();

  constructor(resources: ResourceSet) {
    this.#resources = resources;
  }

  /** The help of a finding, what may be meant before it. */
  helpOf({ target, resource, help }: Finding): string {
    if (target === undefined) return help;
    const nearby = this.#nearbyOf(target.kind);
    // It exists, but may not be referred to: the help says how to permit it.
    if (nearby === undefined || nearby.has(target)) return help;
    const hints = nearby.near(target).map(candidate => hintOf(candidate, target, resource?.namespace ?? ''));
    return [...hints, help].join(' ');
  }

  #nearbyOf(kind: string): NearbyObjects | undefined {
    const known = this.#nearby.get(kind);
    const map = MAPS[kind];
    if (known !== undefined || map === undefined) return known;
    const nearby = new NearbyObjects([...this.#resources[map].values()].map(({ metadata }) => metadata));
    this.#nearby.set(kind, nearby);
    return nearby;
  }
}

/** One sentence. `from`: the namespace of the object that refers. */
function hintOf(candidate: NamespacedName, target: ReferenceTarget, from: string): string {
  const name = `${target.kind} ${formatNamespacedName(candidate)}`;
  if (candidate.name !== target.name) return `Did you mean ${name}?`;
  if (candidate.namespace === from) return `${name} exists: leave out the namespace of the reference.`;
  if (target.kind === 'XBackend') return `${name} exists, and is for its own namespace only.`;
  const grant = GRANTED_KINDS.has(target.kind) ? ', and create a ReferenceGrant there' : '';
  return `${name} exists: name its namespace in the reference${grant}.`;
}
