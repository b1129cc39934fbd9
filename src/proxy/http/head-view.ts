// SPDX-License-Identifier: Apache-2.0

import { fieldSeparator, type RequestView } from '../../match/index.ts';
import { isDroppedAtEdge } from '../../values/index.ts';
import { type HeaderList, joinedField, type VolatileFields } from '../../wire/index.ts';
import type { Face } from '../faces/index.ts';

/** A request's fields as routing looks at them: the header list and the per-request fields. Used for one match, then dropped. */
export class HeadView implements RequestView {
  readonly method: string;
  readonly path: string;
  readonly isGrpc: boolean;
  readonly #head: HeaderList;
  readonly #fields: VolatileFields;
  /** The header asked for last: rules that are tried in a row tend to look at the same one. */
  #lastName = '';
  #lastValue: string | undefined = undefined;

  constructor(head: HeaderList, fields: VolatileFields, path: string, face: Face) {
    this.method = head.get(':method') ?? '';
    this.path = path;
    this.isGrpc = face.name === 'grpc';
    this.#head = head;
    this.#fields = fields;
  }

  header(name: string): string | undefined {
    if (name !== this.#lastName) {
      this.#lastName = name;
      this.#lastValue = isDroppedAtEdge(name) ? undefined : this.#find(name);
    }
    return this.#lastValue;
  }

  #find(name: string): string | undefined {
    const separator = fieldSeparator(name);
    let found: string | undefined;
    const { names, values } = this.#head;
    for (let at = 0; at < names.length; at++) {
      if (names[at] === name) found = found === undefined ? values[at] : found + separator + values[at];
    }
    const more = joinedField(this.#fields, name, separator);
    if (more === undefined) return found;
    return found === undefined ? more : found + separator + more;
  }
}
