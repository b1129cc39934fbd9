// SPDX-License-Identifier: Apache-2.0

/**
 * Freezes plain data through and through and returns it. For tests: what writes to a snapshot then throws. Stops at what
 * is frozen already.
 */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
  return value;
}
