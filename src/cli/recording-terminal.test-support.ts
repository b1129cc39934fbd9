// SPDX-License-Identifier: Apache-2.0

import type { Terminal } from './terminal.ts';

/** A terminal without colours that remembers what was written. `input` is its stdin. */
export function recordingTerminal(input = ''): Terminal & { stdout(): string; stderr(): string } {
  let out = '';
  let err = '';
  return {
    out: text => {
      out += text;
    },
    err: text => {
      err += text;
    },
    colours: false,
    interactive: false,
    readInput: async () => input,
    program: 'daemun',
    stopSignal: () => new Promise(() => {}),
    exit: code => {
      throw new Error(`exit ${code}`);
    },
    stdout: () => out,
    stderr: () => err,
  };
}
