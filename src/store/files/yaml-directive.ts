// SPDX-License-Identifier: Apache-2.0

import type { SyntaxFailure } from './syntax-failure.ts';

/** The directives that kubectl's YAML library knows. */
const KNOWN = /^%(?:YAML[ \t]+1\.1|TAG[ \t].*?)[ \t]*(?:#.*)?$/;

/** The pattern takes time with the square of the line's length. */
const MAX_DIRECTIVE = 256;

/** What is wrong with the directives before a document (`%YAML 1.2`); undefined when kubectl takes them. */
export function directiveFailure(text: string): SyntaxFailure | undefined {
  if (!text.startsWith('%') && !text.includes('\n%')) return undefined;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.startsWith('%')) {
      if (line.length > MAX_DIRECTIVE || !KNOWN.test(line))
        return { message: messageOf(line), line: index + 1, column: 1 };
    } else if (!/^\s*(?:#.*)?$/.test(line)) return undefined;
  }
  return undefined;
}

function messageOf(line: string): string {
  return `kubectl refuses the directive "${line.slice(0, MAX_DIRECTIVE).trim()}": remove the line`;
}
