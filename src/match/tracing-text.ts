// SPDX-License-Identifier: Apache-2.0

import type { MirrorShare, Tracing } from '../snapshot/index.ts';

/** Which requests of a listener are traced, and who is told, in one line. */
export function describeTracing({ newTraces, recordedTraces, collector }: Tracing): string {
  const how = collector.kind === 'grpc' ? 'gRPC' : 'HTTP';
  return `${whichTraces(newTraces, recordedTraces)}; spans go to ${collector.cluster} by ${how}`;
}

function whichTraces(newTraces: MirrorShare, recordedTraces: MirrorShare | null): string {
  if (recordedTraces === null) return `${part(newTraces, 'requests')}, whatever their senders record`;
  return `${part(newTraces, 'new traces')}, ${part(recordedTraces, 'those that senders record')}`;
}

function part({ numerator, denominator }: MirrorShare, of: string): string {
  if (numerator === 0) return `none of ${of}`;
  if (numerator >= denominator) return `all of ${of}`;
  const percent = (100 * numerator) / denominator;
  return `${percent >= 1 ? Math.round(percent * 10) / 10 : percent.toPrecision(2)} % of ${of}`;
}
