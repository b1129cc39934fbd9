// SPDX-License-Identifier: Apache-2.0

/** Where the data plane says what happened. Callers limit the rate of what a peer can cause. */
export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}
