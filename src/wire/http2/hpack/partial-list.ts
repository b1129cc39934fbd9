// SPDX-License-Identifier: Apache-2.0

import type { Field } from '../../head/field.ts';
import { HeaderList } from '../../head/header-list.ts';

/** What is known of a list that is over the limits: the fields before them, and its `content-type`, by which the refusal is worded. */
export class PartialList {
  #before: HeaderList | null = null;
  #contentType: Field | null = null;

  /** `list`: what came before the limits. */
  settle(list: HeaderList): void {
    this.#before = list;
  }

  /** A field beyond the limits. */
  note(field: Field): void {
    if (field.name === 'content-type') this.#contentType = field;
  }

  forget(): void {
    this.#before = null;
    this.#contentType = null;
  }

  /** `path`: when it is not in the list. */
  read(path: string | null): HeaderList {
    const names = [...(this.#before?.names ?? [])];
    const values = [...(this.#before?.values ?? [])];
    if (path !== null) {
      names.push(':path');
      values.push(path);
    }
    if (this.#contentType !== null) {
      names.push(this.#contentType.name);
      values.push(this.#contentType.value);
    }
    return new HeaderList(names, values, this.#before?.sensitive ?? null);
  }
}
