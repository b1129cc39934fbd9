// SPDX-License-Identifier: Apache-2.0

/** What the references of a route come to, which is told to each of its parents. */
import { isServiceRef } from '../attach/asked-parent.ts';
import { grantedTo } from '../attach/service-target.ts';
import type { ParentOutcome, Problem, RouteRefsReason } from '../outcomes.ts';
import type { BackendWay } from '../resolve/backend-way.ts';
import type { AttachableRoute } from '../route-kinds.ts';
import { asksForGrants } from './route-forms.ts';
import type { TranslatedRule } from './translate-rule.ts';

/** What they come to on one way. */
export interface RefsForm {
  readonly way: BackendWay;
  readonly refsProblems: readonly Problem<RouteRefsReason>[];
}

export function refsForm(way: BackendWay, { kept }: { readonly kept: readonly TranslatedRule[] }): RefsForm {
  return { way, refsProblems: kept.flatMap(rule => rule.refsProblems) };
}

/** Whose references are told, and to whom. */
interface RefsSite {
  readonly route: AttachableRoute;
  readonly dependencies: readonly string[];
  readonly parents: readonly ParentOutcome[];
  readonly usual: BackendWay;
}

/** The forms of a route, and what its references come to at parents that took none of them, where ReferenceGrants make a difference. */
export function refsOf(
  { route, dependencies, parents, usual }: RefsSite,
  forms: readonly RefsForm[],
  refsAt: (way: BackendWay) => RefsForm,
): readonly RefsForm[] {
  if (!asksForGrants(dependencies)) return forms;
  const known = new Set(forms.map(({ way }) => way.granted));
  const others = new Set(parents.map(parent => grantedAt(route, parent)).filter(granted => !known.has(granted)));
  return [...forms, ...Array.from(others, granted => refsAt({ ...usual, granted }))];
}

function grantedAt(route: AttachableRoute, { parentRef }: ParentOutcome): string | null {
  const { namespace = route.metadata.namespace } = parentRef;
  return isServiceRef(parentRef) ? grantedTo(route, { namespace }) : null;
}

/** What they come to at a parent: those of the forms that count there. */
export function withRefs(
  route: AttachableRoute,
  parents: readonly ParentOutcome[],
  refs: readonly RefsForm[],
): readonly ParentOutcome[] {
  return parents.map(parent => {
    const ofParent = refs.filter(({ way }) => way.granted === grantedAt(route, parent));
    const [first] = (ofParent.length > 0 ? ofParent : refs).flatMap(({ refsProblems }) => refsProblems);
    return { ...parent, resolvedRefs: first ?? null };
  });
}
