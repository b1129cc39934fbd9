// SPDX-License-Identifier: Apache-2.0

/** What routes of all kinds have in common. */
import * as z from 'zod';
import { condition } from './condition.ts';
import type { Immutable } from './immutable.ts';
import { hostname } from './names.ts';
import { parentReferences } from './parent-references.ts';
import { parentReference } from './references.ts';
import { type Checked, list, quote, refuse } from './vocabulary.ts';

/** The fields of the spec of every route (CommonRouteSpec). */
export const parentFields = {
  parentRefs: parentReferences.exactOptional(),
  useDefaultGateways: z.enum(['All', 'None']).exactOptional(),
};

/** The fields of the spec of a route of requests, beside its rules. */
export const routeFields = {
  ...parentFields,
  hostnames: list(hostname, { max: 16 }).exactOptional(),
};

/** The status of a route at one of its parents (RouteParentStatus). */
const routeParentStatus = z.strictObject({
  parentRef: parentReference,
  controllerName: z.string(),
  conditions: z.array(condition),
});
export type RouteParentStatus = Immutable<z.output<typeof routeParentStatus>>;

/** The status of a route (RouteStatus). */
export const routeStatus = z.strictObject({ parents: z.array(routeParentStatus) });

/** Rules in a route, at most. */
export const MAX_RULES = 16;
/** Matches in a rule, at most. */
export const MAX_MATCHES_PER_RULE = 64;
/** Matches in all rules of a route together, at most. */
const MAX_MATCHES = 128;

interface RouteRule {
  readonly name?: string;
  readonly matches?: readonly unknown[];
}

/** Refuses rules of one name, and more matches than a route may have. */
export function checkRules(context: Checked & { readonly value: readonly RouteRule[] }): void {
  let matches = 0;
  const names = new Map<string, number>();
  for (const [index, { name, matches: own = [] }] of context.value.entries()) {
    matches += own.length;
    if (name === undefined) continue;
    const first = names.get(name);
    if (first === undefined) {
      names.set(name, index);
      continue;
    }
    refuse(context, {
      code: 'schema/rule-name-duplicate',
      path: [index, 'name'],
      message: `rule ${first} is already named ${quote(name)}`,
      help: 'give each rule a name of its own, or none',
    });
  }
  if (matches <= MAX_MATCHES) return;
  refuse(context, {
    code: 'schema/too-many-matches',
    message: `the rules have ${matches} matches together, at most ${MAX_MATCHES} are allowed`,
    help: 'spread the rules over several routes',
  });
}
