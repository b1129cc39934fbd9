// SPDX-License-Identifier: Apache-2.0

import { meshContext } from '../accept/meshes.ts';
import { defaultGateways } from '../attach/default-gateways.ts';
import type { TranslateEnvironment } from '../environment.ts';
import { namespaceLabels } from '../namespace-labels.ts';
import { ENCRYPTING } from '../resolve/backend-way.ts';
import type { ReferenceGrants } from '../resolve/reference-grants.ts';
import { RepeatedParts } from './repeated-parts.ts';
import type { RouteWorld } from './route-world.ts';
import type { RouteContext } from './translate-route.ts';

/** What routes see of the world. */
export function routeContext(
  { resources, targets, tls, traffic, xBackends, refused }: RouteWorld,
  { environment, grants }: { readonly environment: TranslateEnvironment; readonly grants: ReferenceGrants },
): RouteContext {
  return {
    parent: key => targets.get(key),
    defaults: defaultGateways(targets),
    labels: namespace => namespaceLabels(resources, namespace),
    mesh: meshContext(environment),
    standalone: environment.controllerName === null,
    grants,
    services: resources.services,
    tls,
    traffic,
    xBackends,
    way: ENCRYPTING,
    repeated: new RepeatedParts(),
    refusal: key => refused.get(key),
  };
}
