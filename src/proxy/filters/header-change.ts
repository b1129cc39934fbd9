// SPDX-License-Identifier: Apache-2.0

import type { HeaderChange } from '../../snapshot/index.ts';
import { fieldsOf, splitFields, VOLATILE_NAMES, type VolatileFields } from '../../wire/index.ts';

/** A header list while it is built; `names` and `values` have one length. */
export interface MutableFields {
  readonly names: string[];
  readonly values: string[];
}

/**
 * Header changes of filters, compiled: the part that touches fields of a header list (computed once per list) and the
 * part that touches volatile fields (computed per request). Changes are applied in order, each as set, add, remove
 * (Gateway API HTTPHeaderFilter).
 */
export class HeaderRewriter {
  readonly #stable: readonly HeaderChange[];
  readonly #volatile: readonly HeaderChange[];

  constructor(changes: readonly HeaderChange[]) {
    this.#stable = changes.map(change => partOf(change, false)).filter(isSomething);
    this.#volatile = changes.map(change => partOf(change, true)).filter(isSomething);
  }

  /** Nothing is changed. */
  get isEmpty(): boolean {
    return this.#stable.length + this.#volatile.length === 0;
  }

  /** False: volatile fields pass as they came. */
  get touchesVolatile(): boolean {
    return this.#volatile.length > 0;
  }

  /** Whether fields of a header list with one of these names are set, added or removed. */
  touches(names: readonly string[]): boolean {
    return this.#stable.some(
      ({ set, add, remove }) =>
        [...set, ...add].some(({ name }) => names.includes(name)) || remove.some(name => names.includes(name)),
    );
  }

  /** Changes the fields of a header list, in place. */
  rewrite(fields: MutableFields): void {
    for (const change of this.#stable) applyChange(change, fields);
  }

  /** Volatile fields with the changes applied; a new array. */
  rewriteVolatile(fields: VolatileFields): VolatileFields {
    const split = splitFields(fields);
    for (const change of this.#volatile) applyChange(change, split);
    return fieldsOf(split.names, split.values);
  }
}

function partOf(change: HeaderChange, wantVolatile: boolean): HeaderChange {
  const isPart = (name: string): boolean => VOLATILE_NAMES.has(name) === wantVolatile && !name.startsWith(':');
  return {
    set: change.set.filter(field => isPart(field.name)),
    add: change.add.filter(field => isPart(field.name)),
    remove: change.remove.filter(isPart),
  };
}

function isSomething(change: HeaderChange): boolean {
  return change.set.length + change.add.length + change.remove.length > 0;
}

function applyChange(change: HeaderChange, fields: MutableFields): void {
  for (const { name, value } of change.set) {
    removeField(fields, name);
    fields.names.push(name);
    fields.values.push(value);
  }
  for (const { name, value } of change.add) addField(fields, name, value);
  for (const name of change.remove) removeField(fields, name);
}

/** Removes every field of a name. */
export function removeField(fields: MutableFields, name: string): void {
  for (let at = fields.names.length - 1; at >= 0; at--) {
    if (fields.names[at] !== name) continue;
    fields.names.splice(at, 1);
    fields.values.splice(at, 1);
  }
}

/** Appends to the value of a field that is there (`a` + `b` → `a,b`, as the Gateway API shows it), else adds the field. */
function addField(fields: MutableFields, name: string, value: string): void {
  const at = fields.names.lastIndexOf(name);
  if (at < 0 || name === 'set-cookie') {
    fields.names.push(name);
    fields.values.push(value);
  } else {
    fields.values[at] = `${fields.values[at]},${value}`;
  }
}
