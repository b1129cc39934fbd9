// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { Immutable } from './immutable.ts';
import { sectionName } from './names.ts';
import { backendFields, refuseWrongPort, weight } from './references.ts';
import { checkRules, MAX_RULES } from './route.ts';
import { list } from './vocabulary.ts';

const backendRef = z.strictObject({ ...backendFields, weight }).check(refuseWrongPort);
/** A backend of a rule without filters (BackendRef). */
export type ForwardingBackendRef = Immutable<z.output<typeof backendRef>>;

const rule = z.strictObject({
  name: sectionName.exactOptional(),
  backendRefs: list(backendRef, { min: 1, max: 16 }),
});
/** A rule that shares all of its route's traffic out to backends: TCPRouteRule, UDPRouteRule, TLSRouteRule. */
export type ForwardingRule = Immutable<z.output<typeof rule>>;

/** The rules of such a route: the one that the API has come to, which matches everything. */
export const forwardingRule = list(rule, { min: 1, max: 1 });

/** The rules of such a route in the versions that allowed several. */
export const forwardingRules = list(rule, { min: 1, max: MAX_RULES }).check(checkRules);
