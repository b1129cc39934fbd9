// SPDX-License-Identifier: Apache-2.0

import {
  type Finding,
  type FindingCode,
  gravestFindings,
  MAX_ROUTE_FINDINGS,
  type ReferenceTarget,
  type ResourceRef,
  severityOf,
} from '../errors/index.ts';
import { GATEWAY_GROUP } from '../resources/index.ts';
import type { RuleOrigin } from '../snapshot/index.ts';

/** The part of a resource that names it. */
export interface Named {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly namespace: string; readonly name: string };
}

/** A finding's place and words. `path` defaults to the object as a whole, `help` to ''. */
export interface Report {
  readonly path?: readonly (string | number)[];
  readonly message: string;
  readonly help?: string;
  /** Where a reference leads that leads nowhere. */
  readonly target?: ReferenceTarget;
}

/** The route that a rule is of. */
export function routeOf({ kind, namespace, name }: RuleOrigin): Named {
  return { apiVersion: `${GATEWAY_GROUP}/v1`, kind, metadata: { namespace, name } };
}

/** The reference by which people know the object. */
export function refOf(resource: Named): ResourceRef {
  return {
    apiVersion: resource.apiVersion,
    kind: resource.kind,
    namespace: resource.metadata.namespace,
    name: resource.metadata.name,
  };
}

/** What is kept of the findings of a route: the gravest, and how many more there are. */
export function findingsOfRoute(route: Named, findings: readonly Finding[]): readonly Finding[] {
  return gravestFindings(findings, { most: MAX_ROUTE_FINDINGS, of: refOf(route) });
}

/** A finding about `resource`, with the severity that the catalogue gives the code. */
export function findingOf(code: FindingCode, resource: Named, report: Report): Finding {
  return {
    code,
    severity: severityOf(code),
    resource: refOf(resource),
    path: report.path ?? [],
    message: report.message,
    help: report.help ?? '',
    ...(report.target === undefined ? {} : { target: report.target }),
  };
}

/** `Kind namespace/name`, as messages name objects. */
export function nameOf(resource: Named): string {
  const { namespace, name } = resource.metadata;
  return namespace === '' ? `${resource.kind} ${name}` : `${resource.kind} ${namespace}/${name}`;
}
