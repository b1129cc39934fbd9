// SPDX-License-Identifier: Apache-2.0

import { isConnectionField, isDroppedAtEdge } from '../../values/index.ts';
import {
  fieldsOf,
  type HeaderList,
  type HeaderListPool,
  splitFields,
  targetOf,
  type VolatileFields,
} from '../../wire/index.ts';
import { type MutableFields, removeField } from './header-change.ts';
import { changeQuery, type QueryChange } from './query-change.ts';

/** A field that somebody else's answer puts into a head. Names in lower case. */
export interface FieldPut {
  readonly name: string;
  readonly value: string;
  /** `set`: instead of what the head has; `append`: besides; the other two: as `set`, but only then. */
  readonly how: 'set' | 'append' | 'if-absent' | 'if-present';
}

/** A change of one head that is made once, by the word of another server: nothing of it is remembered. Applied as removals, then puts. */
export interface FieldChange {
  readonly puts: readonly FieldPut[];
  readonly removes: readonly string[];
  /** Of a request's target; null: as it is. */
  readonly query: QueryChange | null;
}

/** Whether another server may say a field (lower-case name) of a head that passes. */
export function isChangeable(name: string): boolean {
  return !isConnectionField(name) && !name.startsWith(':') && !isDroppedAtEdge(name, true);
}

/** A head while fields of it change. */
export interface ChangedHead {
  readonly list: HeaderList;
  readonly fields: VolatileFields;
}

/**
 * `list` and `fields` with `change` made. What is put does not repeat from request to request, so it stays out of the list, but for names
 * that are looked for only there (`SteadyNames`). O(fields + changes): another server may say thousands.
 */
export function changeFields({ list, fields }: ChangedHead, change: FieldChange, lists: HeaderListPool): ChangedHead {
  const before = splitFields(fields);
  const changed = new ChangedNames([...list.names, ...before.names], change);
  const listed = changed.kept(list);
  const loose = changed.kept(before);
  for (const [name, values] of changed.put) {
    const target = lists.steadyNames.has(name) ? listed : loose;
    for (const value of values) {
      target.names.push(name);
      target.values.push(value);
    }
  }
  if (change.query !== null) {
    removeField(listed, ':path');
    removeField(loose, ':path');
    loose.names.unshift(':path');
    loose.values.unshift(changeQuery(targetOf(list, fields), change.query));
  }
  return {
    list: lists.intern(listed.names, listed.values, list.sensitive),
    fields: fieldsOf(loose.names, loose.values),
  };
}

/** What a change comes to, name by name. */
class ChangedNames {
  /** What stands beside, or in place of, what is kept. */
  readonly put = new Map<string, string[]>();
  readonly #gone: Set<string>;

  constructor(names: readonly string[], { puts, removes }: FieldChange) {
    const here = new Set(names);
    this.#gone = new Set(removes);
    for (const { name, value, how } of puts) {
      const isHere = this.put.has(name) || (here.has(name) && !this.#gone.has(name));
      if (how === 'if-absent' && isHere) continue;
      if (how === 'if-present' && !isHere) continue;
      if (how === 'append' && this.put.has(name)) this.put.get(name)?.push(value);
      else this.put.set(name, [value]);
      if (how !== 'append') this.#gone.add(name);
    }
  }

  kept({ names, values }: { readonly names: readonly string[]; readonly values: readonly string[] }): MutableFields {
    const kept: MutableFields = { names: [], values: [] };
    for (let at = 0; at < names.length; at++) {
      if (this.#gone.has(names[at] as string)) continue;
      kept.names.push(names[at] as string);
      kept.values.push(values[at] as string);
    }
    return kept;
  }
}
