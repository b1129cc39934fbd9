// SPDX-License-Identifier: Apache-2.0

import type { Finding, SourcePlace } from '../../errors/index.ts';
import type { Duplicate } from '../resource-table.ts';
import type { ServedObject } from './in-use.ts';
import { finding } from './source-finding.ts';

/** Says that an object's name is taken, and where. */
export function duplicateFinding(
  { object, isEqual }: Duplicate<ServedObject>,
  first: SourcePlace | undefined,
): Finding {
  const { ref, version, document } = object;
  const written = document.content.objects.find(other => other.resource === object.resource);
  const path = [...(written?.prefix ?? []), 'kind'];
  const place = { file: version.path, ...version.placeOf(document, written?.value ?? 0, path) };
  const where = first === undefined ? 'elsewhere' : `at ${first.file}:${first.line}:${first.column}`;
  const name = `${ref.kind} ${ref.namespace === '' ? '' : `${ref.namespace}/`}${ref.name}`;
  if (isEqual) return finding('store/repeated-object', `${name} is also written ${where}`, place, ref);
  const message = `${name} is also written ${where}, and differs; the one there holds, this one is ignored`;
  return finding('store/duplicate-object', message, place, ref);
}
