// SPDX-License-Identifier: Apache-2.0

import { Readable } from 'node:stream';
import { terminalText } from './paint.ts';
import type { Terminal } from './terminal.ts';

/** A terminal without colours that remembers what was written. `input` is its stdin, `environment` all of its variables. */
export function recordingTerminal(
  input = '',
  environment: Terminal['environment'] = {},
): Terminal & { stdout(): string; stderr(): string } {
  let out = '';
  let err = '';
  return {
    out: text => {
      out += terminalText(text);
    },
    err: text => {
      err += terminalText(text);
    },
    colours: false,
    interactive: false,
    environment,
    input: () => Readable.from([Buffer.from(input)]),
    program: 'daemun',
    stopSignal: () => new Promise(() => {}),
    pause: async () => {},
    stay: () => () => {},
    standardTarget: name => ({
      write: (bytes, done) => {
        if (name === 'stdout') out += bytes;
        else err += bytes;
        done(null, bytes.length);
      },
      close: () => undefined,
    }),
    onSignal: () => undefined,
    hasLostTerminal: () => false,
    onCrash: () => undefined,
    exit: code => {
      throw new Error(`exit ${code}`);
    },
    exitWithoutThreads: code => {
      throw new Error(`exit ${code} without threads`);
    },
    stdout: () => out,
    stderr: () => err,
  };
}
