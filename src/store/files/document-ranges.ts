// SPDX-License-Identifier: Apache-2.0

/** A document's bytes in its file: from its `---` line, or the start of the file, to the next `---` line. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** A manifest of a hundred thousand routes, and half as much again. A million empty documents would take 3 s to read. */
export const MAX_DOCUMENTS = 150_000;

const MARKER = Buffer.from('\n---');
const LINE_FEED = 0x0a;
const BLANKS: ReadonlySet<number | undefined> = new Set([0x20, 0x09, 0x0a, 0x0d, undefined]);

/**
 * Splits YAML into documents without parsing it. A line that begins with `---` and a blank always begins a document: YAML
 * forbids it inside of block and quoted scalars (YAML 1.2.2 §9.1.2, c-forbidden). Directives (`%YAML`) belong to the
 * document after them. Ends early with more than `MAX_DOCUMENTS`.
 */
export function splitDocuments(bytes: Buffer, { start, end }: ByteRange): ByteRange[] {
  const ranges: ByteRange[] = [];
  let from = start;
  for (let at = nextMarker(bytes, start, end); at >= 0; at = nextMarker(bytes, at, end)) {
    if (hasDirectivesOnly(bytes, from, at)) continue;
    if (at > from) ranges.push({ start: from, end: at });
    if (ranges.length > MAX_DOCUMENTS) return ranges;
    from = at;
  }
  if (end > from) ranges.push({ start: from, end });
  return ranges;
}

/** The start of the next marker line after the line at `from`; -1 when there is none before `end`. */
function nextMarker(bytes: Buffer, from: number, end: number): number {
  let at = bytes.indexOf(MARKER, from);
  while (at >= 0 && at + 1 < end) {
    if (BLANKS.has(bytes[at + MARKER.length])) return at + 1;
    at = bytes.indexOf(MARKER, at + 1);
  }
  return -1;
}

function hasDirectivesOnly(bytes: Buffer, start: number, end: number): boolean {
  if (end - start > 4096) return false;
  if (bytes[start] !== 0x25 && bytes.subarray(start, end).indexOf('\n%') < 0) return false;
  const lines = bytes.toString('utf8', start, end).split('\n');
  return lines.every(line => /^(%.*|\s*(#.*)?)$/.test(line));
}

/** Line feeds before each range's start, so its first line's number less one. `ranges` ascend. */
export function linesBefore(bytes: Buffer, ranges: readonly ByteRange[]): number[] {
  const counts: number[] = [];
  let lines = 0;
  let from = 0;
  for (const { start } of ranges) {
    for (let at = bytes.indexOf(LINE_FEED, from); at >= 0 && at < start; at = bytes.indexOf(LINE_FEED, at + 1)) lines++;
    from = start;
    counts.push(lines);
  }
  return counts;
}
