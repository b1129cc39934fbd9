// SPDX-License-Identifier: Apache-2.0

import type { GrpcHealthCheck } from '../../../snapshot/index.ts';
import { type Annotation, type Parsed, parseDurationMs, parseSettings } from './annotation.ts';

const SYNTAX = 'grpc, or interval=10s,timeout=1s,healthy=2,unhealthy=2,service=NAME (each may be left out)';
const KEYS = ['interval', 'timeout', 'healthy', 'unhealthy', 'service'];
const DEFAULTS: GrpcHealthCheck = {
  intervalMs: 10_000,
  timeoutMs: 1000,
  healthyThreshold: 2,
  unhealthyThreshold: 2,
  service: '',
};

/**
 * `grpc` for grpc.health.v1 with the defaults (every 10 s, 1 s to answer, two
 * answers to change), or any of `interval=10s,timeout=1s,healthy=2,unhealthy=2,service=NAME`. Absent: no checks.
 */
export const HEALTH_CHECK: Annotation<GrpcHealthCheck | null> = {
  name: 'daemun.dev/health-check',
  kinds: ['Service', 'XBackend'],
  syntax: SYNTAX,
  fallback: null,
  parse: parseHealthCheck,
};

function parseHealthCheck(text: string): Parsed<GrpcHealthCheck> {
  if (text === 'grpc') return { value: DEFAULTS };
  const parsed = parseSettings(text, KEYS);
  if ('problem' in parsed) return parsed;
  const settings = parsed.value;
  const interval = duration(settings.get('interval'), DEFAULTS.intervalMs);
  if ('problem' in interval) return interval;
  const timeout = duration(settings.get('timeout'), DEFAULTS.timeoutMs);
  if ('problem' in timeout) return timeout;
  const healthy = threshold(settings.get('healthy'), DEFAULTS.healthyThreshold);
  if ('problem' in healthy) return healthy;
  const unhealthy = threshold(settings.get('unhealthy'), DEFAULTS.unhealthyThreshold);
  if ('problem' in unhealthy) return unhealthy;
  return {
    value: {
      intervalMs: interval.value,
      timeoutMs: timeout.value,
      healthyThreshold: healthy.value,
      unhealthyThreshold: unhealthy.value,
      service: settings.get('service') ?? DEFAULTS.service,
    },
  };
}

function duration(text: string | undefined, fallback: number): Parsed<number> {
  if (text === undefined) return { value: fallback };
  const parsed = parseDurationMs(text);
  return 'value' in parsed && parsed.value === 0 ? { problem: 'a zero duration makes no sense here' } : parsed;
}

function threshold(text: string | undefined, fallback: number): Parsed<number> {
  if (text === undefined) return { value: fallback };
  return /^[1-9][0-9]{0,3}$/.test(text)
    ? { value: Number(text) }
    : { problem: `"${text}" is not a count from 1 to 9999` };
}
