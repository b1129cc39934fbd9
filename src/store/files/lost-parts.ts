// SPDX-License-Identifier: Apache-2.0

import { type WrittenObject, writtenValue } from './document.ts';
import type { FileDocument, FileVersion } from './file-version.ts';

/**
 * The object at the end of a file, when it looks as if the file ended too early: it has lost a field, an item or the end of
 * a text since the version before. YAML that is cut at a line's end is YAML still. Undefined when nothing looks like that.
 */
export function unfinishedObject(version: FileVersion, before: FileVersion): WrittenObject | undefined {
  const document = version.documents.at(-1);
  const object = document?.content.objects.at(-1);
  if (document === undefined || object === undefined || object.key === '') return undefined;
  if (before.documents.at(-1)?.content === document.content) return undefined;
  const old = findObject(before, object.key);
  if (old === undefined || old.document.content === document.content) return undefined;
  const text = version.textOf(document);
  const oldText = before.textOf(old.document);
  const isCut = endsInLine(version) && !endsInLine(before);
  const isLess = isCut || losesParts(writtenValue(oldText, old.object), writtenValue(text, object));
  return isLess ? object : undefined;
}

interface Found {
  readonly document: FileDocument;
  readonly object: WrittenObject;
}

function findObject({ documents }: FileVersion, key: string): Found | undefined {
  for (const document of documents) {
    const object = document.content.objects.find(other => other.key === key);
    if (object !== undefined) return { document, object };
  }
  return undefined;
}

const LINE_FEED = 0x0a;

function endsInLine({ bytes }: FileVersion): boolean {
  return bytes.at(-1) !== LINE_FEED;
}

/** True when a value has lost a field, an item or the end of a text, here or further in. A changed value is none that is lost. */
export function losesParts(before: unknown, after: unknown): boolean {
  if (before === null || before === undefined) return false;
  if (after === null || after === undefined) return true;
  if (typeof before === 'string') {
    return typeof after === 'string' && after.length < before.length && before.startsWith(after);
  }
  if (typeof before !== 'object' || typeof after !== 'object') return false;
  const fields = new Map(Object.entries(after));
  return Object.entries(before).some(([name, value]) => losesParts(value, fields.get(name)));
}
