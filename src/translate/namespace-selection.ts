// SPDX-License-Identifier: Apache-2.0

import { isLabelValue, isQualifiedName } from '../resources/index.ts';
import {
  type ParsedLabelSelector,
  parseLabelSelector,
  selectsLabels,
  type WrittenLabelSelector,
} from '../values/index.ts';
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
  const parsed = parse(written);
  return 'selector' in parsed && selectsLabels(parsed.selector, labels);
}

/** Why the selector cannot be used, with the path to the place in it; undefined when it can, or is not asked. */
export function selectorProblem({
  from,
  selector,
}: NamespaceSelection): { readonly path: readonly (string | number)[]; readonly problem: string } | undefined {
  if (from !== 'Selector') return undefined;
  const parsed = selector == null ? { path: [], problem: 'it is missing' } : parse(selector);
  return 'selector' in parsed ? undefined : parsed;
}

/** The CRD takes any text for keys and values. Kubernetes uses no selector with one that no label can have: `NotIn` would hold for everybody. */
function parse(written: WrittenLabelSelector): ParsedLabelSelector {
  const parsed = parseLabelSelector(written);
  return 'selector' in parsed ? (impossibleLabel(written) ?? parsed) : parsed;
}

function impossibleLabel({
  matchLabels = {},
  matchExpressions = [],
}: WrittenLabelSelector): Exclude<ParsedLabelSelector, { selector: unknown }> | undefined {
  const texts = [
    ...Object.entries(matchLabels).map(([key, value]) => ({ at: ['matchLabels', key], key, values: [value] })),
    ...matchExpressions.map(({ key, values = [] }, index) => ({ at: ['matchExpressions', index], key, values })),
  ];
  for (const { at, key, values } of texts) {
    if (!isQualifiedName(key)) return { path: at, problem: `${JSON.stringify(key)} cannot be the key of a label` };
    const value = values.find(text => !isLabelValue(text));
    if (value !== undefined) return { path: at, problem: `${JSON.stringify(value)} cannot be the value of a label` };
  }
  return undefined;
}
