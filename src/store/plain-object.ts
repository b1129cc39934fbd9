// SPDX-License-Identifier: Apache-2.0

/** True for a mapping, as YAML or JSON gives it. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
