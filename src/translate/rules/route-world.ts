// SPDX-License-Identifier: Apache-2.0

import type { ResourceSet } from '../../resources/index.ts';
import type { ParentTarget } from '../attach/parent-target.ts';
import { changedKeys } from '../changes.ts';
import type { TlsOfServices } from '../resolve/service-tls.ts';
import type { TrafficOfServices } from '../resolve/service-traffic.ts';
import type { XBackends } from '../resolve/x-backend.ts';
import { DEFAULT_GATEWAYS } from './dependencies.ts';

/** What routes depend on besides themselves. */
export interface RouteWorld {
  readonly resources: ResourceSet;
  /** By `Kind/namespace/name`. */
  readonly targets: ReadonlyMap<string, ParentTarget>;
  readonly tls: TlsOfServices;
  readonly traffic: TrafficOfServices;
  readonly xBackends: XBackends;
  /** `TranslateEnvironment.refused`. */
  readonly refused: ReadonlyMap<string, string>;
}

/** What a route's translation depends on besides the route: `Kind/key` of everything that changed. */
export function changedDependencies(before: RouteWorld, after: RouteWorld): ReadonlySet<string> {
  const changed = new Set<string>();
  for (const key of changedKeys(before.targets, after.targets)) {
    changed.add(key);
    if (before.targets.get(key)?.isDefault || after.targets.get(key)?.isDefault) changed.add(DEFAULT_GATEWAYS);
  }
  for (const key of changedKeys(before.refused, after.refused)) changed.add(key);
  const { services, namespaces, referenceGrants } = before.resources;
  for (const key of changedKeys(services, after.resources.services)) changed.add(`Service/${key}`);
  for (const key of changedKeys(before.tls, after.tls)) changed.add(`Service/${key}`);
  for (const key of changedKeys(before.traffic, after.traffic)) changed.add(`Service/${key}`);
  for (const key of changedKeys(before.xBackends, after.xBackends)) changed.add(`XBackend/${key}`);
  for (const key of changedKeys(namespaces, after.resources.namespaces)) changed.add(`Namespace/${key}`);
  for (const key of changedKeys(referenceGrants, after.resources.referenceGrants)) {
    changed.add(`ReferenceGrants/${key.slice(0, key.indexOf('/'))}`);
  }
  return changed;
}
