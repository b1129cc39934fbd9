// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { type HTTPRouteFilter, httpFilters } from './http-filter.ts';
import { httpMatch } from './http-match.ts';
import { httpRetry, httpTimeouts } from './http-timing.ts';
import type { Immutable } from './immutable.ts';
import { metadata } from './metadata.ts';
import { sectionName } from './names.ts';
import { backendFields, GATEWAY_GROUP, refuseWrongPort, weight } from './references.ts';
import { checkRules, MAX_MATCHES_PER_RULE, MAX_RULES, routeFields, routeStatus } from './route.ts';
import { sessionPersistence } from './session-persistence.ts';
import { type Checked, list, refuse } from './vocabulary.ts';

const backendRef = z
  .strictObject({ ...backendFields, weight, filters: httpFilters.exactOptional() })
  .check(refuseWrongPort);
export type HTTPBackendRef = Immutable<z.output<typeof backendRef>>;

const ruleFields = z.strictObject({
  name: sectionName.exactOptional(),
  matches: list(httpMatch, { max: MAX_MATCHES_PER_RULE }).default([{ path: { type: 'PathPrefix', value: '/' } }]),
  filters: httpFilters.exactOptional(),
  backendRefs: list(backendRef, { max: 16 }).exactOptional(),
  timeouts: httpTimeouts.exactOptional(),
  retry: httpRetry.exactOptional(),
  sessionPersistence: sessionPersistence.exactOptional(),
});
export type HTTPRouteRule = Immutable<z.output<typeof ruleFields>>;

const rule = ruleFields.check(refuseRedirectWithBackends).check(refusePrefixWithoutMatch);

type CheckedRule = Checked & { readonly value: HTTPRouteRule };

function refuseRedirectWithBackends(context: CheckedRule): void {
  const { filters = [], backendRefs = [] } = context.value;
  const redirect = filters.findIndex(({ type }) => type === 'RequestRedirect');
  if (redirect < 0 || backendRefs.length === 0) return;
  refuse(context, {
    code: 'schema/redirect-contradiction',
    path: ['filters', redirect],
    message: 'the rule redirects all requests, but has backendRefs',
    help: 'remove backendRefs, or the RequestRedirect filter',
  });
}

/** A prefix can be replaced only where it is known which one matched. */
function refusePrefixWithoutMatch(context: CheckedRule): void {
  const { matches, filters = [], backendRefs = [] } = context.value;
  if (matches.length === 1 && matches[0]?.path.type === 'PathPrefix') return;
  const own = filters.findIndex(replacesPrefix);
  if (own >= 0) refusePrefix(context, ['filters', own]);
  for (const type of ['RequestRedirect', 'URLRewrite']) {
    const replacing = backendRefs.flatMap(({ filters = [] }, backend) => {
      const filter = filters.findIndex(each => each.type === type && replacesPrefix(each));
      return filter < 0 ? [] : [['backendRefs', backend, 'filters', filter]];
    });
    // The CRD asks for `exists_one`: when two backends have such a filter, an API server does not mind.
    if (replacing.length === 1) refusePrefix(context, replacing[0] ?? []);
  }
}

function replacesPrefix(filter: HTTPRouteFilter): boolean {
  if (filter.type === 'URLRewrite') return filter.urlRewrite.path?.type === 'ReplacePrefixMatch';
  return filter.type === 'RequestRedirect' && filter.requestRedirect.path?.type === 'ReplacePrefixMatch';
}

function refusePrefix(context: Checked, path: readonly (string | number)[]): void {
  refuse(context, {
    code: 'schema/prefix-without-match',
    path,
    message: 'replacePrefixMatch needs exactly one match in the rule, of type PathPrefix',
    help: 'make a rule for each prefix, or set type: ReplaceFullPath',
  });
}

/** HTTPRoute: which HTTP requests go to which backends. */
export const httpRoute = z.strictObject({
  apiVersion: z.enum([`${GATEWAY_GROUP}/v1`, `${GATEWAY_GROUP}/v1beta1`]),
  kind: z.literal('HTTPRoute'),
  metadata,
  spec: z.strictObject({
    ...routeFields,
    rules: list(rule, { min: 1, max: MAX_RULES }).check(checkRules).prefault([{}]),
  }),
  status: routeStatus.exactOptional(),
});
export type HTTPRoute = Immutable<z.output<typeof httpRoute>>;
