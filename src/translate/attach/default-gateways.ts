// SPDX-License-Identifier: Apache-2.0

/**
 * Default Gateways (GEP-3793, experimental): a route with `useDefaultGateways: All` attaches to every Gateway with
 * `defaultScope: All` as if it named all of it in parentRefs.
 */
import type { Finding } from '../../errors/index.ts';
import { GATEWAY_GROUP } from '../../resources/index.ts';
import { compareStrings } from '../../values/index.ts';
import type { Labels } from '../namespace-labels.ts';
import { findingOf } from '../report.ts';
import type { AttachableRoute } from '../route-kinds.ts';
import { type AskedParent, parentKey } from './asked-parent.ts';
import { attachToParent, type ParentAttachment } from './choose-listeners.ts';
import type { ParentTarget } from './parent-target.ts';

/** A Gateway that routes may attach to without naming it. */
export interface DefaultGateway {
  readonly parent: ParentTarget;
  readonly asked: AskedParent;
}

/** Those among all targets, sorted. */
export function defaultGateways(targets: ReadonlyMap<string, ParentTarget>): readonly DefaultGateway[] {
  const found: DefaultGateway[] = [];
  for (const parent of targets.values()) if (parent.isDefault) found.push({ parent, asked: askedDefault(parent) });
  return found.sort((a, b) => compareStrings(a.parent.key, b.parent.key));
}

function askedDefault({ kind, key, namespace }: ParentTarget): AskedParent {
  return {
    ref: { group: GATEWAY_GROUP, kind, namespace, name: key.slice(namespace.length + 1) },
    path: ['spec', 'useDefaultGateways'],
    words: `default Gateway ${key}`,
    isDefault: true,
  };
}

/** True for a route that wants to be served by default Gateways. */
export function usesDefaultGateways(route: AttachableRoute): boolean {
  return route.spec.useDefaultGateways === 'All';
}

/**
 * Attaches a route that uses default Gateways to those that it does not name as a whole anyway. Refusals are told only when
 * no default Gateway takes the route: one that is for another team's routes is no fault of this one.
 */
export function attachToDefaults(
  route: AttachableRoute,
  defaults: readonly DefaultGateway[],
  labels: (namespace: string) => Labels,
): readonly ParentAttachment[] {
  const named = new Set(
    (route.spec.parentRefs ?? [])
      .filter(({ sectionName, port }) => sectionName === undefined && port === undefined)
      .map(ref => parentKey(route, ref)),
  );
  const others = defaults.filter(({ parent }) => !named.has(`${parent.kind}/${parent.key}`));
  const attached = others.map(({ parent, asked }) => attachToParent(route, asked, { parent, labels }));
  const taking = attached.filter(({ outcome }) => outcome.accepted === null);
  return taking.length > 0 || others.length < defaults.length ? taking : attached;
}

/** What there is to say where no Gateway is a default one: the route is treated as if it did not ask. */
export function noDefaultGateway(route: AttachableRoute): Finding {
  const servesNothing = (route.spec.parentRefs ?? []).length === 0;
  return findingOf('route/no-default-gateway', route, {
    path: ['spec', 'useDefaultGateways'],
    message: `No Gateway has defaultScope: All, so ${servesNothing ? 'the route serves no traffic' : 'useDefaultGateways has no effect'}`,
    help: 'Set spec.defaultScope: All on the Gateway that is to take such routes, or name a Gateway in parentRefs',
  });
}
