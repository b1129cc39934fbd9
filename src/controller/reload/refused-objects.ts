// SPDX-License-Identifier: Apache-2.0
import type { Finding } from '../../errors/index.ts';
import { formatPath } from '../shown/located-finding.ts';

/** The objects that the schema refused: `Kind/namespace/name` → the first error, as `spec.listeners[1]: message`. */
export function refusedObjects(findings: readonly Finding[]): ReadonlyMap<string, string> {
  const refused = new Map<string, string>();
  for (const { code, severity, resource, path, message } of findings) {
    if (severity !== 'error' || resource === undefined || !code.startsWith('schema/')) continue;
    const key = `${resource.kind}/${resource.namespace}/${resource.name}`;
    const place = formatPath(path);
    if (!refused.has(key)) refused.set(key, place === '' ? message : `${place}: ${message}`);
  }
  return refused;
}
