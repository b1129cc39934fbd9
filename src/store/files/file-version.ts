// SPDX-License-Identifier: Apache-2.0

import type { AdmitOptions } from '../admit.ts';
import { commonPrefix, commonSuffix } from './byte-difference.ts';
import { type DocumentContent, readDocument } from './document.ts';
import { type ByteRange, linesBefore, MAX_DOCUMENTS, splitDocuments } from './document-ranges.ts';
import { FileBudget, isEnd } from './file-budget.ts';
import { beginsAsJson, splitJsonValues } from './json-values.ts';
import {
  allLeftOut,
  countIssues,
  IssueAllowance,
  isCut,
  type KeptContent,
  type LeftOut,
  MAX_FILE_ISSUES,
} from './kept-issues.ts';
import { NodePlaces } from './node-place.ts';
import type { TextPlace } from './text-place.ts';

/** A document in a version of its file. */
export interface FileDocument extends ByteRange, KeptContent {}

/**
 * What is written in a file at one time. Made from the version before it: only the documents that the changed bytes touch
 * are looked at, and of these only those with a text that was not there before are parsed and validated.
 */
export class FileVersion {
  readonly path: string;
  readonly bytes: Buffer;
  readonly documents: readonly FileDocument[];
  /** What there is to say about its objects beside what is kept. */
  readonly leftOut: LeftOut;
  /** How many issues of its objects are kept. */
  readonly issueCount: number;
  #linesBefore: ReadonlyMap<FileDocument, number> | undefined;
  #lastNodes: { readonly document: FileDocument; readonly nodes: NodePlaces } | undefined;

  constructor(path: string, bytes: Buffer, documents: readonly FileDocument[]) {
    this.path = path;
    this.bytes = bytes;
    this.documents = documents;
    this.leftOut = allLeftOut(documents);
    this.issueCount = sumOfIssues(documents);
  }

  /** Some of its documents are not kept, or not read, for what was before them: a change anywhere may change that. */
  get isPartial(): boolean {
    return this.documents.some(isPartial);
  }

  get hasFailure(): boolean {
    return this.documents.some(({ content }) => content.failure !== undefined);
  }

  /** The text of one of its documents. */
  textOf(document: ByteRange): string {
    return textOf(this.bytes, document);
  }

  /** The place in the file of a node in one of its documents. Parses the document again, unless it was the last asked for. */
  placeOf(document: FileDocument, value: number, path: readonly (string | number)[]): TextPlace {
    if (this.#lastNodes?.document !== document) {
      this.#lastNodes = { document, nodes: new NodePlaces(textOf(this.bytes, document)) };
    }
    return this.placeInFile(document, this.#lastNodes.nodes.find(value, path));
  }

  /** Turns a place in a document into one in the file. */
  placeInFile(document: FileDocument, { line, column }: TextPlace): TextPlace {
    this.#linesBefore ??= countLinesBefore(this);
    return { line: line + (this.#linesBefore.get(document) ?? 0), column };
  }
}

function isPartial(document: FileDocument): boolean {
  return isCut(document) || isEnd(document.content);
}

function sumOfIssues(documents: readonly FileDocument[]): number {
  return documents.reduce((sum, { content }) => sum + countIssues(content), 0);
}

function countLinesBefore({ bytes, documents }: FileVersion): Map<FileDocument, number> {
  const counts = linesBefore(bytes, documents);
  return new Map(documents.map((document, at) => [document, counts[at] ?? 0]));
}

/** Reads the next version of a file; `previous` itself when not a byte changed. */
export function readVersion(path: string, bytes: Buffer, options: ReadOptions): FileVersion {
  const { previous } = options;
  if (previous?.bytes.equals(bytes)) return previous;
  // Where one JSON object ends depends on all before it; so does whether there is room for what was left out, or not read.
  if (previous === undefined || previous.isPartial || beginsAsJson(bytes) || beginsAsJson(previous.bytes)) {
    return readAnew(path, bytes, options);
  }
  const change = changedDocuments(previous, bytes);
  const known = new Map(change.removed.map(document => [textOf(previous.bytes, document), document.content]));
  const shift = bytes.length - previous.bytes.length;
  const taken = sumOfIssues(change.before) + sumOfIssues(change.after);
  const read = readRange(
    bytes,
    change.range,
    { ...options, maxIssues: (options.maxIssues ?? MAX_FILE_ISSUES) - taken },
    known,
  );
  const after = change.after.map(document => ({
    ...document,
    start: document.start + shift,
    end: document.end + shift,
  }));
  return new FileVersion(path, bytes, [...change.before, ...read, ...after]);
}

/** Splits the whole file; documents with a text that was there before are not parsed again, unless they are partial. */
function readAnew(path: string, bytes: Buffer, options: ReadOptions): FileVersion {
  const { previous } = options;
  const known = new Map<string, DocumentContent>();
  for (const document of previous?.documents ?? []) {
    if (previous !== undefined && !isPartial(document)) known.set(textOf(previous.bytes, document), document.content);
  }
  return new FileVersion(path, bytes, readRange(bytes, { start: 0, end: bytes.length }, options, known));
}

export interface ReadOptions extends AdmitOptions {
  readonly previous: FileVersion | undefined;
  /** How many issues of its objects it may keep. Default: as many as a file may. */
  readonly maxIssues?: number;
}

interface DocumentChange {
  readonly before: readonly FileDocument[];
  readonly removed: readonly FileDocument[];
  readonly after: readonly FileDocument[];
  /** The bytes, in the new version, between those of `before` and `after`. */
  readonly range: ByteRange;
}

/** Which documents a change touches. One more after them is taken for touched: directives join the document after them. */
function changedDocuments({ bytes: old, documents }: FileVersion, bytes: Buffer): DocumentChange {
  const prefix = commonPrefix(old, bytes);
  const suffix = commonSuffix(old, bytes, prefix);
  const untouchedBefore = documents.findIndex(({ end }) => end >= prefix - MARKER_LENGTH);
  const first = Math.max(0, untouchedBefore);
  const last = 1 + documents.findLastIndex(({ start }) => start <= old.length - suffix + MARKER_LENGTH);
  const before = documents.slice(0, first);
  const after = documents.slice(last + 1);
  return {
    before,
    after,
    removed: documents.slice(first, last + 1),
    range: {
      start: before.at(-1)?.end ?? 0,
      end: (after[0]?.start ?? old.length) + bytes.length - old.length,
    },
  };
}

/** `\n---` and the blank after it. */
const MARKER_LENGTH = 5;

function readRange(
  bytes: Buffer,
  range: ByteRange,
  options: Omit<ReadOptions, 'previous'>,
  known: ReadonlyMap<string, DocumentContent>,
): FileDocument[] {
  const ranges = rangesIn(bytes, range);
  const allowance = new IssueAllowance(options.maxIssues ?? MAX_FILE_ISSUES);
  if (ranges.length > MAX_DOCUMENTS) return [{ ...range, ...allowance.fit(TOO_MANY_DOCUMENTS) }];
  const documents: FileDocument[] = [];
  const budget = new FileBudget();
  for (const { start, end } of ranges) {
    const { end: rest } = budget;
    if (rest !== undefined) {
      documents.push({ start, end: range.end, ...allowance.fit(rest) });
      break;
    }
    const text = textOf(bytes, { start, end });
    const content =
      known.get(text) ?? readDocument(text, { ...options, mayDescribe: length => budget.takeDescription(length) });
    budget.add(content);
    documents.push({ start, end, ...allowance.fit(content) });
  }
  return documents;
}

const TOO_MANY_DOCUMENTS: DocumentContent = {
  objects: [],
  failure: {
    code: 'store/too-many-documents',
    message: `the file has more than ${MAX_DOCUMENTS} documents; they are not read`,
    line: 1,
    column: 1,
  },
};

/** A file that begins with a JSON object may hold several, one after another, up to its first `---`. */
function rangesIn(bytes: Buffer, range: ByteRange): ByteRange[] {
  const ranges = splitDocuments(bytes, range);
  const [first, ...rest] = ranges;
  if (range.start > 0 || first === undefined || !beginsAsJson(bytes)) return ranges;
  const values = splitJsonValues(bytes, first);
  return values === undefined ? ranges : [...values, ...rest];
}

/** A byte order mark may stand before any document: `cat` of two files puts it behind the marker. */
function textOf(bytes: Buffer, { start, end }: ByteRange): string {
  return bytes.toString('utf8', start, end).replace(MARK, '$1');
}

const MARK = /^(---[^\n]*\n)?\uFEFF+/;
