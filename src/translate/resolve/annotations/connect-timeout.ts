// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../../errors/index.ts';
import type { Service } from '../../../resources/index.ts';
import { parseDurationMs, readAnnotation } from './annotation.ts';

/** Envoy's default too. */
const DEFAULT_MS = 5000;

/** `daemun.dev/connect-timeout` of a Service, in milliseconds; 5 s when absent. A zero duration is refused. */
export function readConnectTimeout(service: Service, findings: Finding[]): number {
  return readAnnotation(
    service,
    {
      name: 'daemun.dev/connect-timeout',
      syntax: 'a duration above zero, such as 500ms',
      fallback: DEFAULT_MS,
      parse: text => {
        const parsed = parseDurationMs(text);
        return 'value' in parsed && parsed.value === 0 ? { problem: 'a connect timeout cannot be zero' } : parsed;
      },
    },
    findings,
  );
}
