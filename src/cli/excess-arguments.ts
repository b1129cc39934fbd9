// SPDX-License-Identifier: Apache-2.0
import { shellWord } from './shell-word.ts';

/** An HTTP request line without its version, or its path alone. */
const HTTP_REQUEST = /^(?:[A-Z]+ )?\//;
/** A path of manifests. */
const MANIFESTS = /^\.|\.ya?ml$/;

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

function explainOption(word: string): string {
  if (MANIFESTS.test(word)) return `-f ${shellWord(word)}`;
  return HTTP_REQUEST.test(word) ? `--http ${shellWord(word)}` : `--grpc ${shellWord(word)}`;
}
