// SPDX-License-Identifier: Apache-2.0

import type { Choice, Picker } from './picker.ts';

/** Any of them, with equal chance. */
export function randomPicker<E extends Choice>(endpoints: readonly E[]): Picker<E> {
  return { pick: _hash => endpoints[Math.floor(Math.random() * endpoints.length)] };
}
