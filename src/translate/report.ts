// SPDX-License-Identifier: Apache-2.0

import type { Finding, ReferenceTarget, ResourceRef, Severity } from '../errors/index.ts';

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

/** The reference by which people know the object. */
export function refOf(resource: Named): ResourceRef {
  return {
    apiVersion: resource.apiVersion,
    kind: resource.kind,
    namespace: resource.metadata.namespace,
    name: resource.metadata.name,
  };
}

/** A finding about `resource` that needs fixing: something does not work as written. */
export function errorFinding(code: string, resource: Named, report: Report): Finding {
  return finding('error', code, resource, report);
}

/** A finding about `resource` that works, though probably not as meant. */
export function warningFinding(code: string, resource: Named, report: Report): Finding {
  return finding('warning', code, resource, report);
}

/** A finding about `resource` that is good to know. */
export function infoFinding(code: string, resource: Named, report: Report): Finding {
  return finding('info', code, resource, report);
}

function finding(severity: Severity, code: string, resource: Named, report: Report): Finding {
  return {
    code,
    severity,
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
