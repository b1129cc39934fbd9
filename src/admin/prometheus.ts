// SPDX-License-Identifier: Apache-2.0
import type { MetricFamily, MetricSample } from './metric-family.ts';

/** The content type of the Prometheus text format. */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** The families in the text format, sorted by name. */
export function formatMetrics(families: readonly MetricFamily[]): string {
  const sorted = [...families].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return sorted.map(formatFamily).join('');
}

function formatFamily(family: MetricFamily): string {
  const head = `# HELP ${family.name} ${escapeHelp(family.help)}\n# TYPE ${family.name} ${family.type}\n`;
  return head + family.samples.map(sample => formatSample(family.name, sample)).join('');
}

function formatSample(name: string, { labels, value }: MetricSample): string {
  if (typeof value === 'number') return `${name}${formatLabels(labels)} ${formatNumber(value)}\n`;
  const { bounds, buckets, sum, count } = value;
  const lines = bounds.map((bound, index) => bucketLine(name, labels, String(bound), buckets[index] ?? 0));
  lines.push(bucketLine(name, labels, '+Inf', count));
  lines.push(`${name}_sum${formatLabels(labels)} ${formatNumber(sum)}\n`);
  lines.push(`${name}_count${formatLabels(labels)} ${count}\n`);
  return lines.join('');
}

function bucketLine(name: string, labels: Readonly<Record<string, string>>, le: string, count: number): string {
  return `${name}_bucket${formatLabels({ ...labels, le })} ${count}\n`;
}

function formatLabels(labels: Readonly<Record<string, string>>): string {
  const parts = Object.entries(labels).map(([key, value]) => `${key}="${escapeLabel(value)}"`);
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

function formatNumber(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function escapeHelp(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
