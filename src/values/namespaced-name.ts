// SPDX-License-Identifier: Apache-2.0

/** An object's namespace and name. Cluster-scoped objects have the namespace ''. */
export interface NamespacedName {
  readonly namespace: string;
  readonly name: string;
}

/** `namespace/name`, or `name` alone for cluster-scoped objects. Unique within a kind: neither part may hold a slash. */
export function formatNamespacedName(value: NamespacedName): string {
  return value.namespace === '' ? value.name : `${value.namespace}/${value.name}`;
}

/** Orders by namespace, then name, by code unit: the tie-break of the Gateway API (route precedence, last criterion). */
export function compareNamespacedNames(a: NamespacedName, b: NamespacedName): number {
  return compareStrings(a.namespace, b.namespace) || compareStrings(a.name, b.name);
}

/** Orders by code unit; no locale, so the order is the same on every machine. */
export function compareStrings(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
