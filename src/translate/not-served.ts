// SPDX-License-Identifier: Apache-2.0

/** The one list of what the API has and this version does not serve: understood and judged, then refused or without effect. */
import type { Finding } from '../errors/index.ts';
import type { Gateway, ResourceSet } from '../resources/index.ts';
import type { Problem } from './outcomes.ts';
import { errorFinding, infoFinding, type Named, warningFinding } from './report.ts';
import type { AttachableRoute } from './route-kinds.ts';

/** Parts of a Gateway that have no effect. */
export function notServedOfGateway(gateway: Gateway): readonly Finding[] {
  const { infrastructure, tls, allowedListeners, defaultScope } = gateway.spec;
  const findings: Finding[] = [];
  const add = (path: readonly (string | number)[], what: string): void => {
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
  if (tls?.backend !== undefined) add(['tls', 'backend'], 'TLS to backends');
  const listenerSets = allowedListeners?.namespaces.from ?? 'None';
  if (listenerSets !== 'None') add(['allowedListeners'], 'ListenerSets');
  if (defaultScope !== undefined && defaultScope !== 'None') add(['defaultScope'], 'default Gateways');
  return findings;
}

/** Filters of a listener: to let requests pass without them could let strangers in, so the listener is refused. */
export function refuseListenerFilters(gateway: Gateway, index: number): Problem<'UnsupportedValue'> | null {
  const listener = gateway.spec.listeners[index];
  if ((listener?.filters?.requests ?? []).length === 0) return null;
  const finding = errorFinding('gateway/listener-filters', gateway, {
    path: ['spec', 'listeners', index, 'filters', 'requests'],
    message: `not served yet: filters of a listener; listener ${listener?.name} takes no traffic without them`,
    help: 'Remove filters: and put those of type ExternalAuth in front of the Gateway',
  });
  return { reason: 'UnsupportedValue', finding };
}

/** The routability of an address (GEP-5093): no other scope may take its place, so the Gateway is refused. */
export function refuseRoutability(gateway: Gateway): Problem<'UnsupportedAddress'> | null {
  const addresses = gateway.spec.addresses ?? [];
  const index = addresses.findIndex(({ routability = '' }) => routability !== '');
  if (index < 0) return null;
  const finding = errorFinding('gateway/unsupported-address', gateway, {
    path: ['spec', 'addresses', index, 'routability'],
    message: `not served yet: routability ${addresses[index]?.routability} of an address; no other may take its place`,
    help: 'Remove routability:',
  });
  return { reason: 'UnsupportedAddress', finding };
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

/** A session's cookie is for all paths. */
export function notServedOfCookie(
  route: Named,
  { path, cookiePath }: { readonly path: readonly (string | number)[]; readonly cookiePath: string },
): readonly Finding[] {
  if (cookiePath === '/') return [];
  const what = `a cookie's path (${cookiePath})`;
  return [notServed('route/not-yet-supported', route, { path, what, rest: 'the cookie is for all paths' })];
}

/** Objects of kinds that are read and judged, and have no effect. */
export function notServedKinds(resources: ResourceSet): readonly Finding[] {
  return [...resources.httpRoutes.values()].map(route =>
    warningFinding('route/kind-not-yet-supported', route, {
      path: ['kind'],
      message: 'not served yet: HTTPRoutes; the object has no effect',
      help: 'Remove it, or leave it to another implementation',
    }),
  );
}

interface NotServed {
  readonly path: readonly (string | number)[];
  readonly what: string;
  readonly rest: string;
  readonly help?: string;
}

function notServed(code: string, resource: Named, { path, what, rest, help }: NotServed): Finding {
  const message = `not served yet: ${what}; ${rest}`;
  return infoFinding(code, resource, { path, message, help: help ?? 'Remove it, or keep it for later' });
}
