// SPDX-License-Identifier: Apache-2.0

/** Why a binding of the snapshot is not served. Decide by `code`; `message` (one clause) is for people. */
export interface BindFailure {
  readonly code: BindFailureCode;
  readonly message: string;
}

export type BindFailureCode = 'port-in-use' | 'privilege-missing' | 'address-not-available' | 'other';

/** Bindings that could not be bound, by id. */
export type BindFailures = ReadonlyMap<string, BindFailure>;

/** What `bind` or `listen` was refused with: the operating system's code (`EADDRINUSE` …) and its own words for the rest. */
export function bindFailure(systemCode: string | undefined, systemMessage: string): BindFailure {
  switch (systemCode) {
    case 'EADDRINUSE':
      return { code: 'port-in-use', message: 'another process listens on this address and port' };
    case 'EACCES':
    case 'EPERM':
      return {
        code: 'privilege-missing',
        message: 'the operating system allows this port to privileged processes only',
      };
    case 'EADDRNOTAVAIL':
      return { code: 'address-not-available', message: 'the address does not belong to this machine' };
    case 'EAFNOSUPPORT':
      return { code: 'address-not-available', message: 'this machine has no addresses of its family' };
    case 'EMFILE':
    case 'ENFILE':
      return { code: 'other', message: 'no file descriptor is left; raise their limit (ulimit -n)' };
    default:
      return { code: 'other', message: systemMessage };
  }
}
