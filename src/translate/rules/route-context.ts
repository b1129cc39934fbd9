// SPDX-License-Identifier: Apache-2.0

import type { ResourceSet } from '../../resources/index.ts';
import { defaultGateways } from '../attach/default-gateways.ts';
import type { ParentTarget } from '../attach/parent-target.ts';
import type { TranslateEnvironment } from '../environment.ts';
import { namespaceLabels } from '../namespace-labels.ts';
import { ENCRYPTING } from '../resolve/backend-way.ts';
import type { ReferenceGrants } from '../resolve/reference-grants.ts';
import type { TlsOfServices } from '../resolve/service-tls.ts';
import type { TrafficOfServices } from '../resolve/service-traffic.ts';
import type { XBackends } from '../resolve/x-backend.ts';
import { BackendLists } from './backend-lists.ts';
import type { RouteContext } from './translate-route.ts';

/** What routes see of the world. */
export function routeContext(
  resources: ResourceSet,
  parts: {
    readonly environment: TranslateEnvironment;
    readonly grants: ReferenceGrants;
    readonly targets: ReadonlyMap<string, ParentTarget>;
    readonly tls: TlsOfServices;
    readonly traffic: TrafficOfServices;
    readonly xBackends: XBackends;
  },
): RouteContext {
  return {
    parent: key => parts.targets.get(key),
    defaults: defaultGateways(parts.targets),
    labels: namespace => namespaceLabels(resources, namespace),
    standalone: parts.environment.controllerName === null,
    grants: parts.grants,
    services: resources.services,
    tls: parts.tls,
    traffic: parts.traffic,
    xBackends: parts.xBackends,
    way: ENCRYPTING,
    backendLists: new BackendLists(),
    refusal: key => parts.environment.refused?.get(key),
  };
}
