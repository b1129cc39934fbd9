// SPDX-License-Identifier: Apache-2.0

/** Written by the API server with every change, or by controllers. */
const OF_THE_SERVER: ReadonlySet<string> = new Set([
  'metadata.managedFields',
  'metadata.resourceVersion',
  'metadata.generation',
  'metadata.creationTimestamp',
  'metadata.uid',
  'status',
]);

/** Fields in which two states of an object differ: `spec.replicas 2 → 3`; what is added or gone has `–` on one side. */
export function changedFields(before: unknown, after: unknown, path = ''): string[] {
  if (OF_THE_SERVER.has(path)) return [];
  if (!isBranch(before) || !isBranch(after)) {
    const isSame = JSON.stringify(before) === JSON.stringify(after);
    return isSame ? [] : [`${path} ${shown(before)} → ${shown(after)}`];
  }
  const isList = Array.isArray(after);
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap(name => {
    const at = isList ? `${path}[${name}]` : [path, name].filter(Boolean).join('.');
    return changedFields(before[name], after[name], at);
  });
}

function isBranch(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function shown(value: unknown): string {
  if (value === undefined) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
