// SPDX-License-Identifier: Apache-2.0

import type { Random } from '../../time/index.ts';
import type { Choice, Picker } from './picker.ts';

/** Any of them, with equal chance. */
export function randomPicker<E extends Choice>(endpoints: readonly E[], random: Random): Picker<E> {
  return { pick: _hash => endpoints[Math.floor(random() * endpoints.length)] };
}
