// SPDX-License-Identifier: Apache-2.0

/** The one list of what the API has and this version does not serve: understood and judged, then refused or without effect. */
import type { Finding, FindingCode } from '../errors/index.ts';
import { GATEWAY_GROUP, type Gateway, isServed, NOT_YET_SERVED, type ParentReference } from '../resources/index.ts';
import type { RouteKind } from './outcomes.ts';
import { findingOf, type Named } from './report.ts';
import type { AttachableRoute } from './route-kinds.ts';

type Path = readonly (string | number)[];

/** Parts of a Gateway that have no effect. */
export function notServedOfGateway(gateway: Gateway): readonly Finding[] {
  const { infrastructure, defaultScope } = gateway.spec;
  const findings: Finding[] = [];
  const add = (path: Path, what: string): void => {
    findings.push(
      notServed('gateway/not-yet-supported', gateway, {
        path: ['spec', ...path],
        what,
        rest: 'the rest of the Gateway works without',
      }),
    );
  };
  if (infrastructure?.parametersRef !== undefined)
    add(['infrastructure', 'parametersRef'], 'infrastructure.parametersRef');
  if (defaultScope !== undefined && defaultScope !== 'None') add(['defaultScope'], 'default Gateways');
  return findings;
}

/** Why no route of a kind is served, to complete "the kind X, which"; undefined: the kind is served, or not the API's. */
export function whyNotRouteKind({ group, kind }: RouteKind): string | undefined {
  return group === GATEWAY_GROUP && !isServed(kind) ? NOT_YET_SERVED : undefined;
}

/** A parent that is no Gateway. `isMesh`: it is a Service. */
export function notServedParent(
  route: Named,
  { path, ref, isMesh }: { readonly path: Path; readonly ref: ParentReference; readonly isMesh: boolean },
): Finding {
  const why = isMesh ? NOT_YET_SERVED : 'is not known to daemun';
  return findingOf(isMesh ? 'route/mesh-not-yet-supported' : 'route/parent-kind', route, {
    path,
    message: `A ${ref.kind} as parent${isMesh ? ' (mesh)' : ''} ${why}; this parentRef has no effect`,
    help: 'Name a Gateway to serve the route now',
  });
}

/** Parts of a route that have no effect. */
export function notServedOfRoute(route: AttachableRoute): readonly Finding[] {
  if (route.spec.useDefaultGateways !== 'All') return [];
  return [
    notServed('route/not-yet-supported', route, {
      path: ['spec', 'useDefaultGateways'],
      what: 'useDefaultGateways',
      rest: 'it has no effect',
      help: 'Name the Gateway in parentRefs',
    }),
  ];
}

interface NotServed {
  readonly path: Path;
  readonly what: string;
  readonly rest: string;
  readonly help?: string;
}

function notServed(code: FindingCode, resource: Named, { path, what, rest, help }: NotServed): Finding {
  const message = `not served yet: ${what}; ${rest}`;
  return findingOf(code, resource, { path, message, help: help ?? 'Remove it, or keep it for later' });
}
