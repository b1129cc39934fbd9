// SPDX-License-Identifier: Apache-2.0

/**
 * Puts a status of ours into what an API server holds of the object. Whatever is not ours stays as it is there: entries of
 * other controllers, conditions of other types, fields that we do not know, each the very same value in its place.
 */
import type { Condition } from '../resources/index.ts';
import { joinConditions } from './condition.ts';
import { LISTENER_CONDITIONS } from './listener-status.ts';
import { mostAncestors } from './policy-status.ts';
import { STATUS_ROWS, type Status } from './status-rows.ts';

/** A part of `.status` as JSON; what others wrote may have any shape that the API takes. */
export type StatusJson = { readonly [field: string]: unknown };

/** Parents that the API takes (RouteStatus.parents). */
const MAX_PARENTS = 32;

/** Lists of entries, one for each parent or ancestor: the field of the reference, and how many the API takes of an object of the kind. */
const ENTRY_LISTS: ReadonlyMap<string, { readonly ref: string; readonly most: (kind: string) => number }> = new Map([
  ['parents', { ref: 'parentRef', most: () => MAX_PARENTS }],
  ['ancestors', { ref: 'ancestorRef', most: mostAncestors }],
]);

const CONDITIONS: ReadonlyMap<string, readonly string[]> = new Map(
  STATUS_ROWS.map(({ kind, conditions }) => [kind, conditions]),
);

/** Whose status goes where. */
export interface StatusTarget {
  readonly kind: string;
  /** Entries of parents and ancestors with this name are ours. */
  readonly controllerName: string;
}

/**
 * The status to write, or `stored` itself when there is nothing to write. `stored`: `.status` as the server holds it, of an object of the
 * generation that `ours` is about; undefined: it has none. `ours`: undefined when no parent or ancestor of the object is ours any more: then the
 * entries that we wrote go.
 */
export function mergeStatus(
  stored: StatusJson | undefined,
  ours: Status | undefined,
  target: StatusTarget,
): StatusJson | undefined {
  const before = stored ?? {};
  const merged: Record<string, unknown> = { ...before };
  for (const [field, value] of Object.entries(ours ?? emptied(before, target)))
    merged[field] = mergeField(before[field], value, { ...target, field });
  const isSame = Object.keys(merged).every(field => merged[field] === before[field]);
  return isSame ? stored : merged;
}

/** Lists of entries without ours, where there are any of ours. */
function emptied(stored: StatusJson, { controllerName }: StatusTarget): StatusJson {
  const fields: Record<string, unknown> = {};
  for (const field of ENTRY_LISTS.keys())
    if (objectsOf(stored[field]).some(entry => entry['controllerName'] === controllerName)) fields[field] = [];
  return fields;
}

interface FieldTarget extends StatusTarget {
  readonly field: string;
}

function mergeField(stored: unknown, ours: unknown, target: FieldTarget): unknown {
  const { field, kind } = target;
  const entries = ENTRY_LISTS.get(field);
  if (entries !== undefined) {
    const before = objectsOf(stored);
    const merged = mergeEntries(before, objectsOf(ours), { ...target, ...entries });
    return merged === before ? stored : merged;
  }
  if (field === 'conditions') return mergeOwned(stored, ours, CONDITIONS.get(kind) ?? []);
  if (field === 'listeners') return mergeListeners(stored, objectsOf(ours));
  return isEqual(stored, ours) ? stored : ours;
}

/** Of ours only types that are: what we once read of others may be old. */
function mergeOwned(stored: unknown, ours: unknown, owned: readonly string[]): unknown {
  const before = conditionsOf(stored);
  const own = conditionsOf(ours).filter(({ type }) => owned.includes(type));
  const joined = joinConditions(before, own, owned);
  return joined === before && stored !== undefined ? stored : joined;
}

/** Listeners in our order; of each, conditions of others stay. */
function mergeListeners(stored: unknown, ours: readonly StatusJson[]): unknown {
  const before = objectsOf(stored);
  const merged = ours.map(listener => {
    const known = before.find(candidate => candidate['name'] === listener['name']);
    const conditions = mergeOwned(known?.['conditions'], listener['conditions'], LISTENER_CONDITIONS);
    return known === undefined ? { ...listener, conditions } : kept(known, { ...known, ...listener, conditions });
  });
  const list = keptList(before, merged);
  return list === before ? stored : list;
}

interface EntryTarget extends FieldTarget {
  readonly ref: string;
  readonly most: (kind: string) => number;
}

/** Entries in their places: others' untouched, ours renewed or taken out; new ones of ours at the end, while there is room. */
function mergeEntries(
  stored: readonly StatusJson[],
  ours: readonly StatusJson[],
  { kind, controllerName, ref, most }: EntryTarget,
): readonly StatusJson[] {
  const owned = CONDITIONS.get(kind) ?? [];
  const due = new Map(
    ours
      .filter(entry => entry['controllerName'] === controllerName)
      .map(entry => [referenceKey(entry[ref]), entry] as const),
  );
  const merged: StatusJson[] = [];
  for (const entry of stored) {
    if (entry['controllerName'] !== controllerName) {
      merged.push(entry);
      continue;
    }
    const key = referenceKey(entry[ref]);
    const next = due.get(key);
    due.delete(key);
    if (next === undefined) continue;
    merged.push(kept(entry, { ...entry, conditions: mergeOwned(entry['conditions'], next['conditions'], owned) }));
  }
  for (const entry of due.values()) {
    if (merged.length === most(kind)) break;
    merged.push({ ...entry, conditions: mergeOwned(undefined, entry['conditions'], owned) });
  }
  return keptList(stored, merged);
}

/** A reference as one text, whatever the order of its fields. */
function referenceKey(ref: unknown): string {
  const { group, kind, namespace, name, sectionName, port } = isObject(ref) ? ref : {};
  return JSON.stringify([group, kind, namespace, name, sectionName, port]);
}

/** `before` when `after` has the same values. */
function kept(before: StatusJson, after: StatusJson): StatusJson {
  return isEqual(before, after) ? before : after;
}

function keptList(before: readonly StatusJson[], after: readonly StatusJson[]): readonly StatusJson[] {
  const isSame = before.length === after.length && after.every((entry, index) => entry === before[index]);
  return isSame ? before : after;
}

function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, at) => isEqual(item, b[at]));
  if (!isObject(a) || !isObject(b)) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every(name => name in b && isEqual(a[name], b[name]));
}

function objectsOf(value: unknown): readonly StatusJson[] {
  return Array.isArray(value) && value.every(isObject) ? value : [];
}

function conditionsOf(value: unknown): readonly Condition[] {
  // As the API server checked them, or as we made them.
  return objectsOf(value) as unknown as readonly Condition[];
}

function isObject(value: unknown): value is StatusJson {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
