// SPDX-License-Identifier: Apache-2.0

/** What an error of the program means, for people. */
export interface ProgramError {
  readonly summary: string;
  /** What to do, in one line. */
  readonly help: string;
}

/** Codes of `DaemunError`. */
export const PROGRAM_ERRORS = {
  'store/refused': {
    summary: 'an object handed to a memory store is one that an API server would refuse',
    help: 'correct the fields that the message names',
  },
  'demo/unusable-ca': {
    summary: 'the development CA cannot be read or made: its directory cannot be written, or belongs to another user',
    help: 'choose another directory with --state-dir',
  },
  'internal/unexpected': {
    summary: 'something happened that daemun does not expect',
    help: 'report it with the message and the stack trace',
  },
} as const satisfies Record<string, ProgramError>;

export type ProgramErrorCode = keyof typeof PROGRAM_ERRORS;
