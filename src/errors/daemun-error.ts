// SPDX-License-Identifier: Apache-2.0

import { PROGRAM_ERRORS, type ProgramErrorCode } from './program-errors.ts';

export interface DaemunErrorOptions {
  /** What led to it. */
  readonly cause?: unknown;
  /** What to do, where it can be said more precisely than in the catalogue. */
  readonly help?: string;
}

/**
 * The one class of errors that daemun throws, for broken I/O and wrong use. What is wrong with resources is a finding, not
 * an error. `message` says what happened, `help` what to do about it.
 */
export class DaemunError extends Error {
  override readonly name: string = 'DaemunError';
  /** Stable; documented in docs/errors.md. */
  readonly code: ProgramErrorCode;
  readonly help: string;

  constructor(code: ProgramErrorCode, message: string, options: DaemunErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.help = options.help ?? PROGRAM_ERRORS[code].help;
  }

  /** The only door for foreign errors: whatever was thrown becomes a DaemunError, and stays one that it already is. */
  static from(thrown: unknown, code: ProgramErrorCode = 'internal/unexpected'): DaemunError {
    if (thrown instanceof DaemunError) return thrown;
    return new DaemunError(code, messageOf(thrown), { cause: thrown });
  }
}

/** What happened, in one line, whatever was thrown: system errors by their call and path, others by their message. */
export function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const message = thrown.message === '' ? thrown.name : thrown.message;
  return message.split('\n', 1)[0] ?? '';
}
