// SPDX-License-Identifier: Apache-2.0

import type { HeaderList } from '../../../wire/index.ts';

/** The status of the head says all. */
export function statusIn(_list: HeaderList): number | null {
  return null;
}

/** As above. */
export function statusOfHttp(_status: number): number | null {
  return null;
}

/** As above. */
export function statusName(): string | null {
  return null;
}
