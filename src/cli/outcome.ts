// SPDX-License-Identifier: Apache-2.0

/** Gets the exit code of the command that ran. */
export interface Outcome {
  exitCode: number;
  /** The command whose arguments could not be read, as `cert issue`; '' for the program itself. */
  failing: string;
  /** The words behind it that are no options. */
  words: readonly string[];
  /** Environment variables that stood for flags of the command that ran. */
  variables: readonly string[];
}
