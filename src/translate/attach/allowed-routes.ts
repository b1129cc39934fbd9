// SPDX-License-Identifier: Apache-2.0

import { parseLabelSelector, selectsLabels, type WrittenLabelSelector } from '../../values/index.ts';
import type { Labels } from './namespace-labels.ts';
import type { ListenerTarget, ParentTarget } from './parent-target.ts';

/** True when `listener` lets routes of `namespace` attach (allowedRoutes.namespaces). */
export function allowsNamespace(
  listener: ListenerTarget,
  parent: ParentTarget,
  namespace: { readonly name: string; readonly labels: Labels },
): boolean {
  switch (listener.from) {
    case 'All':
      return true;
    case 'Same':
      return namespace.name === parent.namespace;
    case 'Selector':
      return listener.selector !== null && selects(listener.selector, namespace.labels);
    default:
      // None, and values that a newer API may add: a guard that is not understood lets nobody in.
      return false;
  }
}

/** A selector that Kubernetes cannot use takes nothing; the listener's own condition says why. */
function selects(written: WrittenLabelSelector, labels: Labels): boolean {
  const parsed = parseLabelSelector(written);
  return 'selector' in parsed && selectsLabels(parsed.selector, labels);
}

/** What to write into the Gateway so that routes of `namespace` may attach. */
export function allowanceToAdd(listener: ListenerTarget, namespace: string): string {
  if (listener.from === 'Selector') return `Label namespace ${namespace} so that the listener's selector takes it`;
  return (
    `In listener ${listener.name} of the Gateway set allowedRoutes: {namespaces: {from: Selector, selector: ` +
    `{matchLabels: {kubernetes.io/metadata.name: ${namespace}}}}}, or from: All`
  );
}
