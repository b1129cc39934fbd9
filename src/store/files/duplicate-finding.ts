// SPDX-License-Identifier: Apache-2.0

import { dirname, relative } from 'node:path';
import { CATALOGUE, type Finding, type SourcePlace } from '../../errors/index.ts';
import type { Duplicate } from '../resource-table.ts';
import type { ServedObject } from './in-use.ts';
import { finding } from './source-finding.ts';
import type { SourceIndex } from './source-index.ts';

/** Says that an object's name is taken, and where. Looks for the places when the message or the place is read. */
export function duplicateFinding(duplicate: Duplicate<ServedObject>, sources: () => SourceIndex): Finding {
  const code = duplicate.isEqual ? 'store/repeated-object' : 'store/duplicate-object';
  const { severity, help } = CATALOGUE[code];
  let made: Finding | undefined;
  const full = () => {
    made ??= locatedFinding(duplicate, sources());
    return made;
  };
  return {
    code,
    severity,
    resource: duplicate.object.ref,
    path: [],
    help,
    get message(): string {
      return full().message;
    },
    get place(): SourcePlace {
      return full().place ?? NOWHERE;
    },
  };
}

function locatedFinding({ object, isEqual }: Duplicate<ServedObject>, sources: SourceIndex): Finding {
  const { ref, key } = object;
  const first = sources.locate(key, []);
  const place = sources.placeOf(object, []) ?? first ?? NOWHERE;
  const where = first === undefined ? 'elsewhere' : describePlace(first, place.file);
  const name = `${ref.kind} ${ref.namespace === '' ? '' : `${ref.namespace}/`}${ref.name}`;
  if (isEqual) return finding('store/repeated-object', `${name} is also written ${where}`, place, ref);
  const message = `${name} is also written ${where}, and differs; the one there holds, this one is ignored`;
  return finding('store/duplicate-object', message, place, ref);
}

/** A place, as seen from another file. */
function describePlace({ file, line, column }: SourcePlace, from: string): string {
  if (file === from) return `at line ${line}`;
  return `at ${relative(dirname(from), file)}:${line}:${column}`;
}

/** For objects that are kept from an earlier text. */
const NOWHERE: SourcePlace = { file: '', line: 1, column: 1 };
