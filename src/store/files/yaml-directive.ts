// SPDX-License-Identifier: Apache-2.0

import type { SyntaxFailure } from './syntax-failure.ts';

/** The directives that kubectl's YAML library knows. */
const KNOWN = /^%(?:YAML[ \t]+1\.1|TAG[ \t].*?)[ \t]*(?:#.*)?$/;

/** What is wrong with the directives before a document (`%YAML 1.2`); undefined when kubectl takes them. */
export function directiveFailure(text: string): SyntaxFailure | undefined {
  if (!text.startsWith('%') && !text.includes('\n%')) return undefined;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.startsWith('%')) {
      if (!KNOWN.test(line)) return { message: messageOf(line), line: index + 1, column: 1 };
    } else if (!/^\s*(?:#.*)?$/.test(line)) return undefined;
  }
  return undefined;
}

function messageOf(line: string): string {
  return `kubectl refuses the directive "${line.trim()}": remove the line`;
}
