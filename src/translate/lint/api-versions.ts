// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import { GATEWAY_GROUP, type ResourceSet } from '../../resources/index.ts';
import { compareStrings } from '../../values/index.ts';
import { findingOf, type Named } from '../report.ts';

const CURRENT = `${GATEWAY_GROUP}/v1`;

/** An object written in an older version of its API than `v1`. It is served all the same. */
export function lintApiVersion(resource: Named): readonly Finding[] {
  const { apiVersion, kind } = resource;
  if (apiVersion === CURRENT) return [];
  return [
    findingOf('lint/old-api-version', resource, {
      path: ['apiVersion'],
      message: `${apiVersion} is an old version of ${kind}`,
      help: `Write ${CURRENT}`,
    }),
  ];
}

/** The same of all kinds but routes, which are linted one by one. */
export function lintApiVersions({
  gatewayClasses,
  gateways,
  referenceGrants,
}: Pick<ResourceSet, 'gatewayClasses' | 'gateways' | 'referenceGrants'>): readonly Finding[] {
  const all: Named[] = [...gatewayClasses.values(), ...gateways.values(), ...referenceGrants.values()];
  return all.sort(compareNamed).flatMap(lintApiVersion);
}

function compareNamed(a: Named, b: Named): number {
  return (
    compareStrings(a.kind, b.kind) ||
    compareStrings(a.metadata.namespace, b.metadata.namespace) ||
    compareStrings(a.metadata.name, b.metadata.name)
  );
}
