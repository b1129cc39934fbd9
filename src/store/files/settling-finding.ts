// SPDX-License-Identifier: Apache-2.0

import { dirname } from 'node:path';
import type { Finding } from '../../errors/index.ts';
import { formatDuration } from '../../values/index.ts';
import { countServed, type InUse, type ServedObject } from './in-use.ts';
import { finding } from './source-finding.ts';
import type { WatchedFile } from './watched-file.ts';

/** Objects that a message names; the rest is counted. */
const MAX_NAMED = 3;

/** Says what is served although it is missing: one finding for a file, one for all files of a folder that are gone. */
export function settlingFindings(files: readonly WatchedFile[], settleMs: number): Finding[] {
  const until = `served as before until that has lasted for ${formatDuration(settleMs)}`;
  const vanished = Map.groupBy(
    files.filter(({ isVanished, inUse }) => isVanished && countServed(inUse) > 0),
    ({ path }) => dirname(path),
  );
  const gone = [...vanished].map(([folder, inside]) => {
    const objects = inside.flatMap(({ inUse }) => missingIn(inUse));
    const count = inside.length === 1 ? '1 file' : `${inside.length} files`;
    const file = inside[0]?.path ?? folder;
    const message = `${count} of ${folder} are gone together with it, with all others in it or with what they link to: ${describe(objects)}; ${until}`;
    return finding('store/settling', message, { file, line: 1, column: 1 });
  });
  return [...files.flatMap(file => findingOfFile(file, until)), ...gone];
}

function findingOfFile({ path, inUse, isVanished, version }: WatchedFile, until: string): Finding[] {
  if (isVanished) return [];
  const missing = missingIn(inUse);
  const isEmpty = version?.documents.every(({ content }) => content.objects.length === 0) ?? true;
  const place = { file: path, line: 1, column: 1 };
  const found: Finding[] = [];
  if (missing.length > 0) {
    const what = isEmpty ? 'the file was emptied' : 'the file was written in place and lacks';
    const separator = isEmpty ? ': ' : ' ';
    found.push(finding('store/settling', `${what}${separator}${describe(missing)}; ${until}`, place));
  }
  if (inUse.unfinished !== undefined) {
    const { ref } = inUse.unfinished;
    const message = `the file was written in place and ends early: ${nameOf(inUse.unfinished)} lacks what it had; ${until}`;
    found.push(finding('store/settling', message, place, ref));
  }
  return found;
}

function missingIn({ missing }: InUse): ServedObject[] {
  return [...missing.values()].flat();
}

function describe(objects: readonly ServedObject[]): string {
  const named = objects.slice(0, MAX_NAMED).map(nameOf).join(', ');
  return objects.length > MAX_NAMED ? `${named} and ${objects.length - MAX_NAMED} more` : named;
}

function nameOf({ ref, fullName }: ServedObject): string {
  return `${ref.kind} ${fullName}`;
}
