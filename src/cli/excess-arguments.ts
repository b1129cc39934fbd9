// SPDX-License-Identifier: Apache-2.0
import { usageError } from './exit-code.ts';
import { shellWord } from './shell-word.ts';

/** An HTTP request line without its version, or its path alone. */
const HTTP_REQUEST = /^(?:[A-Z]+ )?\//;
/** A path of manifests. */
const MANIFESTS = /^\.|\.ya?ml$/;

/** The same where a kind is wanted, which looks like neither. */
const NO_KIND = /^[./]|\.(?:ya?ml|json)$/;

/** What was meant by words behind a command that takes none: the option that they belong to; '' where none is known. */
export function meantOption(command: string, words: readonly string[]): string {
  switch (command) {
    case 'run':
      return words.map(word => `-f ${shellWord(word)}`).join(' ');
    case 'explain':
      return words.length === 1 ? explainOption(words[0] ?? '') : '';
    default:
      return '';
  }
}

/** Throws a usage error for a path of manifests in the place of a kind. */
export function refusePath(command: string, kind: string): void {
  if (!NO_KIND.test(kind)) return;
  throw usageError(
    `"${kind}" is not a kind: manifests are named by -f`,
    `Did you mean ${command} KIND -f ${shellWord(kind)}?`,
  );
}

function explainOption(word: string): string {
  if (MANIFESTS.test(word)) return `-f ${shellWord(word)}`;
  return HTTP_REQUEST.test(word) ? `--http ${shellWord(word)}` : `--grpc ${shellWord(word)}`;
}
