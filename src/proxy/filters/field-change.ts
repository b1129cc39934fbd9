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
import { removeField } from './header-change.ts';
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
 * that are looked for only there (`SteadyNames`).
 */
export function changeFields({ list, fields }: ChangedHead, change: FieldChange, lists: HeaderListPool): ChangedHead {
  const listed = { names: [...list.names], values: [...list.values] };
  const loose = splitFields(fields);
  const remove = (name: string): void => {
    removeField(listed, name);
    removeField(loose, name);
  };
  for (const name of change.removes) remove(name);
  for (const { name, value, how } of change.puts) {
    if (how === 'if-absent' || how === 'if-present') {
      const isPresent = listed.names.includes(name) || loose.names.includes(name);
      if (isPresent !== (how === 'if-present')) continue;
    }
    if (how !== 'append') remove(name);
    const target = lists.steadyNames.has(name) ? listed : loose;
    target.names.push(name);
    target.values.push(value);
  }
  if (change.query !== null) {
    const target = changeQuery(targetOf(list, fields), change.query);
    remove(':path');
    loose.names.unshift(':path');
    loose.values.unshift(target);
  }
  return {
    list: lists.intern(listed.names, listed.values, list.sensitive),
    fields: fieldsOf(loose.names, loose.values),
  };
}
