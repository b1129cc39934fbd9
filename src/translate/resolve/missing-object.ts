// SPDX-License-Identifier: Apache-2.0

/**
 * Words a reference to `object` (`Kind namespace/name`) that is not there. `refusal`: why it is not, though it is
 * written; else it is not written at all, and `absent.help` says what to do.
 */
export function missingText(
  object: string,
  refusal: string | undefined,
  absent: { readonly help: string },
): { readonly message: string; readonly help: string } {
  if (refusal === undefined) return { message: `${object} does not exist`, help: absent.help };
  return {
    message: `${object} was refused (${refusal})`,
    help: `Correct the ${object}; its own errors are listed too`,
  };
}
