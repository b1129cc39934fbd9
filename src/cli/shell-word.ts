// SPDX-License-Identifier: Apache-2.0

/** The text as one word of a command that is pasted into a shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
