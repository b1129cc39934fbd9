// SPDX-License-Identifier: Apache-2.0

import type { ReferenceTarget } from '../../errors/index.ts';
import { formatNamespacedName } from '../../values/index.ts';

/**
 * Words a reference to an object that is not there. `refusal`: why it is not, though it is written; else it is not
 * written at all, and `absent.help` says what to do.
 */
export function missingText(
  target: ReferenceTarget,
  refusal: string | undefined,
  absent: { readonly help: string },
): { readonly message: string; readonly help: string; readonly target?: ReferenceTarget } {
  const object = `${target.kind} ${formatNamespacedName(target)}`;
  if (refusal === undefined) return { message: `${object} does not exist`, help: absent.help, target };
  return {
    message: `${object} was refused (${refusal})`,
    help: `Correct the ${object}; its own errors are listed too`,
  };
}
