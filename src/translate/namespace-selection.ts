// SPDX-License-Identifier: Apache-2.0

import { parseLabelSelector, selectsLabels, type WrittenLabelSelector } from '../values/index.ts';
import type { Labels } from './namespace-labels.ts';

/** From which namespaces something may attach: `namespaces` of `allowedRoutes` and of `allowedListeners`. */
export interface NamespaceSelection {
  readonly from: string;
  /** null or absent: takes no namespace. */
  readonly selector?: WrittenLabelSelector | null;
}

/** True when `namespace` is selected by an object in the namespace `own`. */
export function selectsNamespace(
  { from, selector }: NamespaceSelection,
  own: string,
  namespace: { readonly name: string; readonly labels: Labels },
): boolean {
  switch (from) {
    case 'All':
      return true;
    case 'Same':
      return namespace.name === own;
    case 'Selector':
      return selector != null && selects(selector, namespace.labels);
    default:
      // None, and values that a newer API may add: a guard that is not understood lets nobody in.
      return false;
  }
}

/** A selector that Kubernetes cannot use takes nothing; a condition or finding of its own says why. */
function selects(written: WrittenLabelSelector, labels: Labels): boolean {
  const parsed = parseLabelSelector(written);
  return 'selector' in parsed && selectsLabels(parsed.selector, labels);
}

/** Why the selector cannot be used, with the path to the place in it; undefined when it can, or is not asked. */
export function selectorProblem({
  from,
  selector,
}: NamespaceSelection): { readonly path: readonly (string | number)[]; readonly problem: string } | undefined {
  if (from !== 'Selector') return undefined;
  const parsed = selector == null ? { path: [], problem: 'it is missing' } : parseLabelSelector(selector);
  return 'selector' in parsed ? undefined : parsed;
}
