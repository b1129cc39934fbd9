// SPDX-License-Identifier: Apache-2.0

import { type Annotation, parseDurationMs } from './annotation.ts';

/** Envoy's default too. */
const DEFAULT_MS = 5000;

/** In milliseconds; 5 s when absent. A zero duration is refused. */
export const CONNECT_TIMEOUT: Annotation<number> = {
  name: 'daemun.dev/connect-timeout',
  kinds: ['Service', 'XBackend'],
  syntax: 'a duration above zero, such as 500ms',
  fallback: DEFAULT_MS,
  parse: text => {
    const parsed = parseDurationMs(text);
    return 'value' in parsed && parsed.value === 0 ? { problem: 'a connect timeout cannot be zero' } : parsed;
  },
};
