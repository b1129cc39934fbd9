// SPDX-License-Identifier: Apache-2.0

import type { RetryPolicy } from '../../../snapshot/index.ts';
import { GrpcStatus, parseGrpcStatusWord } from '../../../values/index.ts';
import { type Annotation, type Parsed, parseDurationMs, parseSettings } from './annotation.ts';

/** Where none is given, of routes of all kinds; as Envoy's base interval. */
export const DEFAULT_BACKOFF_MS = 25;
const KEYS = ['attempts', 'codes', 'backoff'];

/**
 * When calls of a GRPCRoute are tried again: `attempts=2,codes=unavailable+resource-exhausted,backoff=25ms`. Left out: one attempt,
 * `unavailable`, 25 ms. null when absent, or with `attempts=0`. (`retry` of an HTTPRoute.)
 */
export const RETRY: Annotation<RetryPolicy | null> = {
  name: 'daemun.dev/retry',
  kinds: ['GRPCRoute'],
  syntax: 'attempts=2,codes=unavailable+resource-exhausted,backoff=25ms (each may be left out)',
  fallback: null,
  parse: parseRetry,
};

function parseRetry(text: string): Parsed<RetryPolicy | null> {
  const parsed = parseSettings(text, KEYS);
  if ('problem' in parsed) return parsed;
  const settings = parsed.value;
  const attempts = settings.get('attempts') ?? '1';
  if (!/^[0-9]{1,4}$/.test(attempts)) return { problem: `"${attempts}" is not a number of attempts` };
  const codes = parseCodes(settings.get('codes'));
  if ('problem' in codes) return codes;
  const backoff = settings.get('backoff');
  const pause = backoff === undefined ? { value: DEFAULT_BACKOFF_MS } : parseDurationMs(backoff);
  if ('problem' in pause) return pause;
  if (Number(attempts) === 0) return { value: null };
  return {
    value: { attempts: Number(attempts), httpStatuses: [], grpcStatuses: codes.value, backoffMs: pause.value },
  };
}

function parseCodes(text: string | undefined): Parsed<readonly number[]> {
  if (text === undefined) return { value: [GrpcStatus.UNAVAILABLE] };
  const codes = new Set<number>();
  for (const word of text.split('+')) {
    const code = parseGrpcStatusWord(word.trim());
    if (code === undefined || code === GrpcStatus.OK)
      return { problem: `"${word}" is not a code of a call that failed` };
    codes.add(code);
  }
  return { value: [...codes].sort((a, b) => a - b) };
}
