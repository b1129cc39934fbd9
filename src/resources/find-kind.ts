// SPDX-License-Identifier: Apache-2.0

import { similarName } from '../values/index.ts';
import { KINDS, type KindDeclaration } from './kinds.ts';
import { CORE_KINDS, isClosedGroup, isKnownKind } from './known-kinds.ts';
import { isDnsLabel, isDnsSubdomain } from './names.ts';
import { GATEWAY_GROUP, isGatewayGroup } from './references.ts';
import type { SchemaIssue } from './schema-issue.ts';
import { quote } from './vocabulary.ts';

/** What an object's apiVersion and kind say. */
export type FoundKind =
  | { readonly outcome: 'kind'; readonly declaration: KindDeclaration }
  | { readonly outcome: 'unknown'; readonly isKnown: boolean }
  | { readonly outcome: 'refused'; readonly issue: SchemaIssue };

/** Finds the declaration of a kind. An API server refuses kinds and versions that it does not serve. */
export function findKind(apiVersion: unknown, kind: unknown): FoundKind {
  if (typeof kind !== 'string' || kind === '') {
    return refuseKind(
      kind === undefined ? 'kind is missing' : `${quote(kind)} is not a kind`,
      'add kind: such as Gateway',
    );
  }
  const declaration = KINDS.get(kind);
  const written =
    declaration === undefined
      ? 'GROUP/VERSION, such as gateway.networking.k8s.io/v1'
      : apiVersionOf(declaration.group, declaration.versions[0]);
  if (typeof apiVersion !== 'string' || !/^([^/]+\/)?[^/]+$/.test(apiVersion)) {
    const isMissing = apiVersion === undefined || apiVersion === null || apiVersion === '';
    const message = isMissing ? 'apiVersion is missing' : `${quote(apiVersion)} is not an apiVersion`;
    return refuseVersion(message, `write apiVersion: ${written}`);
  }
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  const version = apiVersion.slice(slash + 1);
  if (declaration?.group === group) {
    if (declaration.versions.includes(version)) return { outcome: 'kind', declaration };
    return refuseVersion(`${kind} is not served in ${apiVersion}`, `write apiVersion: ${written}`);
  }
  // The few other projects that have a kind of such a name (Istio's Gateway) are known.
  const isOurs = isGatewayGroup(declaration?.group) || isNearGatewayGroup(group);
  const isMisspelt = isOurs && !isGatewayGroup(group) && !isKnownKind(group, kind);
  if (isMisspelt || (group !== '' && !isDnsSubdomain(group)) || !isDnsLabel(version)) {
    return refuseVersion(`${apiVersion} has no kind ${kind}`, `write apiVersion: ${written}`);
  }
  return findOther(group, version, kind);
}

function isNearGatewayGroup(group: string): boolean {
  return group.includes('gateway.networking') || similarName(group, [GATEWAY_GROUP]) !== undefined;
}

function findOther(group: string, version: string, kind: string): FoundKind {
  const apiVersion = apiVersionOf(group, version);
  const isKnown = isKnownKind(group, kind);
  if (isGatewayGroup(group)) return refuseMisspelt(apiVersion, kind, GATEWAY_KINDS);
  const isCore = group === '';
  if ((isClosedGroup(group) && !isKnown) || (isCore && version !== 'v1')) {
    return refuseMisspelt(apiVersion, kind, isCore ? CORE_AND_OUR_KINDS : OUR_KINDS);
  }
  return { outcome: 'unknown', isKnown };
}

const OUR_KINDS = [...KINDS.keys()];
const CORE_AND_OUR_KINDS = [...CORE_KINDS, ...OUR_KINDS];
const GATEWAY_KINDS = [...KINDS].flatMap(([kind, { group }]) => (isGatewayGroup(group) ? [kind] : []));

function refuseMisspelt(apiVersion: string, kind: string, kinds: readonly string[]): FoundKind {
  const similar = similarName(kind, kinds);
  const declaration = KINDS.get(similar ?? '');
  const written = declaration === undefined ? '' : ` of ${apiVersionOf(declaration.group, declaration.versions[0])}`;
  const help = similar === undefined ? 'correct kind and apiVersion' : `did you mean ${similar}${written}?`;
  return refuseKind(`${apiVersion} has no kind ${quote(kind)}`, help);
}

/** As objects of a kind say it: `gateway.networking.k8s.io/v1`. */
export function apiVersionOf(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`;
}

function refuseKind(message: string, help: string): FoundKind {
  return { outcome: 'refused', issue: { code: 'schema/kind', path: ['kind'], message, help } };
}

function refuseVersion(message: string, help: string): FoundKind {
  return { outcome: 'refused', issue: { code: 'schema/api-version', path: ['apiVersion'], message, help } };
}
