// SPDX-License-Identifier: Apache-2.0

import { type AdmittedObject, issue, type ObjectIssue } from '../admit.ts';
import { isObject } from '../plain-object.ts';

/** A value that is a List: its items, or why an API server's client refuses it. */
export type ReadList = { readonly items: readonly unknown[] } | { readonly refused: ObjectIssue };

/** What is said of a List, which has no name of its own. */
export const NAMELESS = {
  ref: undefined,
  key: '',
  fullName: '',
  resource: undefined,
  isRefused: true,
  faults: 1,
} as const satisfies Partial<AdmittedObject>;

/**
 * Reads a List, as `kubectl get -o yaml` writes them; undefined for what is none. As for kubectl, everything with `items`
 * is one, and the items of a typed list (`GRPCRouteList`) need not repeat their type.
 */
export function readList(value: unknown): ReadList | undefined {
  if (!isObject(value) || typeof value['kind'] !== 'string' || value['items'] === undefined) return undefined;
  const { kind, apiVersion, items } = value;
  if (items === null) return { items: [] };
  if (!Array.isArray(items)) return { refused: ITEMS_ARE_NO_LIST };
  const itemKind = kind.endsWith('List') ? kind.slice(0, -'List'.length) : '';
  if (itemKind === '') return { items };
  return { items: items.map(item => withType(item, { apiVersion, kind: itemKind })) };
}

function withType(item: unknown, type: { readonly apiVersion: unknown; readonly kind: string }): unknown {
  return isObject(item) && item['kind'] === undefined && item['apiVersion'] === undefined ? { ...type, ...item } : item;
}

export const LIST_IN_LIST: ObjectIssue = issue('store/list', {
  path: [],
  message: 'a List stands in a List, which kubectl refuses; its items are not used',
  help: 'write the items into the outer List',
});

const ITEMS_ARE_NO_LIST: ObjectIssue = issue('store/list', {
  path: ['items'],
  message: 'items: must be a list; the objects in it are not used',
  help: 'write each object as an item: "- apiVersion: …"',
});
