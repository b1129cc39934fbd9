// SPDX-License-Identifier: Apache-2.0

import type { Annotation } from './annotation.ts';

/** Whether backends are told which certificate a client showed, once it was verified. */
export const FORWARD_CLIENT_CERTIFICATE: Annotation<boolean> = {
  name: 'daemun.dev/forward-client-certificate',
  kinds: ['Gateway'],
  syntax: 'true or false',
  fallback: false,
  parse: text =>
    text === 'true' || text === 'false'
      ? { value: text === 'true' }
      : { problem: `"${text}" is neither true nor false` },
};
