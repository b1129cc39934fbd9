// SPDX-License-Identifier: Apache-2.0

import type { JsonValue } from '@bufbuild/protobuf';
import { usageError } from '../exit-code.ts';

/**
 * Reads JSON values that follow each other, with or without white space between them: one is one request message.
 * Throws a usage error that names the value that does not parse.
 */
export function parseJsonDocuments(text: string): JsonValue[] {
  return splitDocuments(text).map((document, index) => {
    try {
      return JSON.parse(document);
    } catch (error) {
      const which = index === 0 ? 'the request' : `request message ${index + 1}`;
      throw usageError(`${which} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
    }
  });
}

/** Cuts where a top-level object ends; what is between the cuts is left to JSON.parse. */
function splitDocuments(text: string): string[] {
  const documents: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === '"') i = endOfString(text, i);
    else if (char === '{' || char === '[') depth++;
    else if (char === '}' || char === ']') {
      depth--;
      if (depth > 0) continue;
      documents.push(text.slice(start, i + 1));
      start = i + 1;
    }
  }
  if (text.slice(start).trim() !== '') documents.push(text.slice(start));
  return documents;
}

function endOfString(text: string, open: number): number {
  for (let i = open + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return i;
  }
  return text.length;
}
