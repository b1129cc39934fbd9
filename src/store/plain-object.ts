// SPDX-License-Identifier: Apache-2.0

/** True for a mapping, as YAML or JSON gives it. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The mapping itself; an empty one for anything else. */
export function mappingOf(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}
